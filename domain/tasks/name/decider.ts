import { declareErrors, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { heldNameDecider, type HeldNameCommand, type HeldNameState } from '../../kernel/held-name.js';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import type { TaskNameEvent } from './events.js';

export const taskNameErrors = declareErrors({
  MUSTER_E_TASK_NAME_TAKEN: {
    status: 409,
    template: 'name: task {name} already exists',
    hint: 'Use a different name, or change the existing task.',
  },
});

const NAMES = new UuidNamespace('0b7e7b0c-52c4-5a0e-8d0a-1f6f0c1d9a77');

/** Returns the same id for all spellings that are equivalent in Unicode (NFC). `surface` is undefined for the tasks surface. */
export function taskNameReservation(tenantId: string, name: string, surface?: 'conda'): string {
  return NAMES.of(
    JSON.stringify([tenantId, name.normalize('NFC'), ...(surface === undefined ? [] : [surface])]),
  );
}

export const taskNameDecider: Decider<
  HeldNameCommand<number>,
  TaskNameEvent,
  HeldNameState<number>
> = heldNameDecider<number, TaskNameEvent>({
  reserved: (reservation, taskId) => ({ type: 'TaskNameReserved', data: { reservation, taskId } }),
  released: (reservation, taskId) => ({ type: 'TaskNameReleased', data: { reservation, taskId } }),
  holderAfter: (event) => (event.type === 'TaskNameReserved' ? event.data.taskId : undefined),
  taken: (name) => new MusterError(taskNameErrors.MUSTER_E_TASK_NAME_TAKEN, { name }),
});
