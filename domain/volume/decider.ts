import { assertNever } from '../errors/index.js';
import type { Decider } from '../event/decider.js';
import type { VolumeEvent } from './events.js';

export type VolumeCommand =
  | { readonly kind: 'delete'; readonly name: string }
  /** It is gone from the node; null: it never was on one. */
  | { readonly kind: 'settle'; readonly name: string; readonly node: string | null };

export interface VolumeState {
  /** It is to be deleted, and not gone yet. */
  readonly asked: boolean;
}

/** What is wanted of one volume. Whether somebody holds it is for the plan log to say. Both commands may be repeated. */
export const volumeDecider: Decider<VolumeCommand, VolumeEvent, VolumeState> = {
  initialState: { asked: false },
  decide(command, { asked }) {
    switch (command.kind) {
      case 'delete':
        return asked ? [] : [{ type: 'VolumeDeleteAsked', data: { name: command.name } }];
      case 'settle': {
        const { name, node } = command;
        return asked ? [{ type: 'VolumeDeleted', data: { name, node } }] : [];
      }
      default:
        return assertNever(command);
    }
  },
  evolve(_state, event) {
    switch (event.type) {
      case 'VolumeDeleteAsked':
        return { asked: true };
      case 'VolumeDeleted':
        return { asked: false };
      default:
        return assertNever(event);
    }
  },
};
