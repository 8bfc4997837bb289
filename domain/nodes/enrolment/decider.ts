import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/decider.js';
import type { EnrolmentEvent } from './events.js';

export type EnrolmentCommand =
  | { readonly kind: 'enrol'; readonly nodeId: string; readonly hostname: string; readonly address?: string }
  | { readonly kind: 'forget' | 'revokeSecret'; readonly nodeId: string }
  | { readonly kind: 'useSecret'; readonly nodeId: string; readonly series: number };

export interface EnrolmentState {
  readonly hostname: string | undefined;
  readonly ownSecret: boolean;
  readonly series: number;
}

/** Throws `MUSTER_E_NODE_NOT_FOUND` if the name to forget is unknown, and `MUSTER_E_UNAUTHORIZED` if the secret was revoked. */
export const enrolmentDecider: Decider<EnrolmentCommand, EnrolmentEvent, EnrolmentState> = {
  initialState: { hostname: undefined, ownSecret: false, series: 0 },
  decide(command, state) {
    const { nodeId } = command;
    switch (command.kind) {
      case 'enrol':
        return state.hostname === undefined ? [enrolled(command)] : [];
      case 'forget':
        if (state.hostname === undefined) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
        return [{ type: 'NodeForgotten', data: { nodeId } }];
      case 'revokeSecret':
        return [{ type: 'NodeSecretRevoked', data: { nodeId } }];
      case 'useSecret':
        if (command.series !== state.series)
          throw new MusterError('MUSTER_E_UNAUTHORIZED', { problem: 'the secret was revoked' });
        return state.ownSecret ? [] : [{ type: 'NodeSecretUsed', data: { nodeId } }];
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'NodeEnrolled':
        return { ...state, hostname: event.data.hostname };
      case 'NodeForgotten':
        return { ...state, hostname: undefined };
      case 'NodeSecretUsed':
        return { ...state, ownSecret: true };
      case 'NodeSecretRevoked':
        return { ...state, ownSecret: false, series: state.series + 1 };
      default:
        return assertNever(event);
    }
  },
};

function enrolled({
  nodeId,
  hostname,
  address,
}: Extract<EnrolmentCommand, { kind: 'enrol' }>): EnrolmentEvent {
  return { type: 'NodeEnrolled', data: { nodeId, hostname, ...(address === undefined ? {} : { address }) } };
}
