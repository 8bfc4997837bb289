import { fromPlain, toPlain, type StateCodec } from '../../kernel/event/state-codec.js';
import { EndedAllocationIds } from './ended-allocations.js';
import type { NodeState } from './state.js';

export const nodeStateCodec: StateCodec<NodeState> = {
  version: 6,
  save: ({ ended, ...rest }) => ({ rest: toPlain(rest), ended: ended.save() }),
  restore: (kept) => {
    const { rest, ended } = kept as {
      readonly rest: unknown;
      readonly ended: readonly (readonly string[])[];
    };
    return { ...(fromPlain(rest) as Omit<NodeState, 'ended'>), ended: EndedAllocationIds.restore(ended) };
  },
};
