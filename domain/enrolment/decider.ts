import type { Decider } from '../event/decider.js';
import type { EnrolmentEvent } from './events.js';

export interface EnrolmentCommand {
  readonly kind: 'useSecret';
  readonly nodeId: string;
}

/** Whether a node's own secret is in use. */
export type EnrolmentState = 'joinToken' | 'ownSecret';

/** By what a node proves who it is. */
export const enrolmentDecider: Decider<EnrolmentCommand, EnrolmentEvent, EnrolmentState> = {
  initialState: 'joinToken',
  decide: ({ nodeId }, state) => (state === 'ownSecret' ? [] : [{ type: 'NodeSecretUsed', data: { nodeId } }]),
  evolve: () => 'ownSecret',
};
