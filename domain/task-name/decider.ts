import { assertNever, declareErrors, MusterError } from '../errors/index.js';
import type { Decider } from '../event/decider.js';
import { UuidNamespace } from '../name-uuid.js';
import type { TaskNameEvent } from './events.js';

/** What can be wrong with a task's name. */
export const taskNameErrors = declareErrors({
  MUSTER_E_TASK_NAME_TAKEN: { status: 409, template: 'name: there is a task {name} already', hint: 'Take another name, or change that task.' },
});

/** A name that its holder does not say is its own is left to it for so long, in milliseconds: it may be about to say so. */
export const NAME_PATIENCE = 600_000;

const NAMES = new UuidNamespace('0b7e7b0c-52c4-5a0e-8d0a-1f6f0c1d9a77');

/** The reservation of a name: the same of every spelling that Unicode calls the same. */
export function taskNameReservation(tenantId: string, name: string): string {
  return NAMES.of(JSON.stringify([tenantId, name.normalize('NFC')]));
}

export type TaskNameCommand =
  | {
      readonly kind: 'reserve';
      readonly reservation: string;
      readonly taskId: number;
      readonly name: string;
      /** Milliseconds since 1970. */
      readonly now: number;
      /** A task whose own stream does not say that the name is its own: it was given up on the way, and has the name no more. */
      readonly strayed?: number;
    }
  | { readonly kind: 'release'; readonly reservation: string; readonly taskId: number };

export type TaskNameState = { readonly kind: 'free' } | { readonly kind: 'held'; readonly taskId: number; readonly since: number };

/** Which task has a name in its tenant. Errors: `MUSTER_E_TASK_NAME_TAKEN`. */
export const taskNameDecider: Decider<TaskNameCommand, TaskNameEvent, TaskNameState> = {
  initialState: { kind: 'free' },
  decide(command, state) {
    const { reservation, taskId } = command;
    switch (command.kind) {
      case 'reserve': {
        const reserved: TaskNameEvent = { type: 'TaskNameReserved', data: { reservation, taskId } };
        if (state.kind === 'free') return [reserved];
        if (state.taskId === taskId) return [];
        if (state.taskId !== command.strayed || command.now - state.since < NAME_PATIENCE)
          throw new MusterError(taskNameErrors.MUSTER_E_TASK_NAME_TAKEN, { name: command.name });
        return [{ type: 'TaskNameReleased', data: { reservation, taskId: state.taskId } }, reserved];
      }
      case 'release':
        return state.kind === 'held' && state.taskId === taskId ? [{ type: 'TaskNameReleased', data: { reservation, taskId } }] : [];
      default:
        return assertNever(command);
    }
  },
  evolve(_state, event) {
    switch (event.type) {
      case 'TaskNameReserved':
        return { kind: 'held', taskId: event.data.taskId, since: event.metadata.at };
      case 'TaskNameReleased':
        return { kind: 'free' };
      default:
        return assertNever(event);
    }
  },
};
