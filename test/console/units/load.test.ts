import t from 'tap';
import { loadConsole } from '../fixtures/load.js';

interface Amount {
  readonly total: number;
  readonly used: number;
}
const { levelOf, shareOf, sumOf } = await loadConsole<{
  readonly levelOf: (share: number | undefined) => number;
  readonly shareOf: (amount: Amount) => number | undefined;
  readonly sumOf: (nodes: readonly object[], by: 'cpu' | 'memory' | 'gpus') => object;
}>('rooms/nodes/load.ts');

void t.test("a node's colour shows the share of its resources that is allocated", async (t) => {
  t.equal(shareOf({ total: 0, used: 0 }), undefined, 'a node without GPUs has no share');
  t.equal(shareOf({ total: 100, used: 150 }), 1, 'the share of a node that has shrunk is at most 1');
  t.same([undefined, 0, 0.01, 0.25, 0.26, 0.75, 0.9, 0.91, 1].map(levelOf), [0, 0, 1, 1, 2, 3, 4, 5, 5]);
});

void t.test('the total counts the nodes that accept no work', async (t) => {
  const node = (status: string, used: number) => ({
    status,
    draining: status === 'draining',
    eligible: true,
    cpu: { total: 100, used },
  });
  t.same(sumOf([node('ready', 10), node('down', 0), node('draining', 5)], 'cpu'), {
    used: 15,
    all: 300,
    unavailable: 2,
  });
});
