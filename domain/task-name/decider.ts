import { declareErrors, MusterError } from '../errors/index.js';
import type { Decider } from '../event/index.js';
import { heldNameDecider, type HeldNameCommand, type HeldNameState } from '../held-name.js';
import { UuidNamespace } from '../name-uuid.js';
import type { TaskNameEvent } from './events.js';

/** What can be wrong with a task's name. */
export const taskNameErrors = declareErrors({
  MUSTER_E_TASK_NAME_TAKEN: { status: 409, template: 'name: there is a task {name} already', hint: 'Take another name, or change that task.' },
});

const NAMES = new UuidNamespace('0b7e7b0c-52c4-5a0e-8d0a-1f6f0c1d9a77');

/** The reservation of a name: the same of every spelling that Unicode calls the same. `surface`: whose task it is, where it is not that of the tasks surface. */
export function taskNameReservation(tenantId: string, name: string, surface?: 'conda'): string {
  return NAMES.of(JSON.stringify([tenantId, name.normalize('NFC'), ...(surface === undefined ? [] : [surface])]));
}

/** Which task has a name in its tenant, by its number. Errors: `MUSTER_E_TASK_NAME_TAKEN`. */
export const taskNameDecider: Decider<HeldNameCommand<number>, TaskNameEvent, HeldNameState<number>> = heldNameDecider<number, TaskNameEvent>({
  reserved: (reservation, taskId) => ({ type: 'TaskNameReserved', data: { reservation, taskId } }),
  released: (reservation, taskId) => ({ type: 'TaskNameReleased', data: { reservation, taskId } }),
  holderAfter: (event) => (event.type === 'TaskNameReserved' ? event.data.taskId : undefined),
  taken: (name) => new MusterError(taskNameErrors.MUSTER_E_TASK_NAME_TAKEN, { name }),
});
