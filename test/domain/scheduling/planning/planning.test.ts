import t from 'tap';
import { Planning } from '#domain/scheduling/planning/planning.js';
import type { Draft } from '#domain/scheduling/planning/draft.js';
import type { ClusterState } from '#domain/scheduling/state/cluster-state.js';

void t.test(
  'a placement scores as many nodes as the binary logarithm of their number, from 2 to 64',
  async (t) => {
    const window = (count: number): number => {
      const nodes = { length: count };
      return new Planning(
        { nodes, agenda: { waiting: new Map() } } as unknown as ClusterState,
        {} as Draft,
        0,
      ).window;
    };
    t.strictSame([0, 1, 2, 4, 5, 8, 9, 1024, 1025].map(window), [2, 2, 2, 2, 3, 3, 4, 10, 11]);
    t.equal(window(2 ** 70), 64);
  },
);
