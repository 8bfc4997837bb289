import t from 'tap';
import { Ledger } from '#domain/scheduling/capacity/ledger.js';
import { scoreAntiAffinity, scoreBinPacking, scoreNode } from '#domain/scheduling/planning/score.js';

function node(capacity: Readonly<Record<string, number>>, used: Readonly<Record<string, number>> = {}) {
  const ledger = new Ledger();
  const at = ledger.node('n');
  ledger.setCapacity(at, capacity);
  ledger.hold(at, ledger.demand(used), undefined);
  return {
    ledger,
    at,
    packing: (demand: Readonly<Record<string, number>>) => scoreBinPacking(ledger, at, ledger.demand(demand)),
  };
}
const FREE = { cpu: 100, memory: 200 };

void t.test('a full node scores one for bin packing, and an empty node scores zero', async (t) => {
  t.equal(node(FREE).packing({}), 0);
  t.equal(node(FREE).packing({ cpu: 100, memory: 200 }), 1);
  t.equal(
    node(FREE, { cpu: 60, memory: 150 }).packing({ cpu: 40, memory: 50 }),
    1,
    'a full node has the best score',
  );
  t.equal(node(FREE).packing({ cpu: 1_000, memory: 2_000 }), 1, 'the score is at most one');
  t.equal(node({}).packing({}), 1, 'a node without capacity has nothing free');
});

void t.test('the score is (20 - 10^free CPU - 10^free memory) / 18, with free as a fraction', async (t) => {
  const near = (found: number, wanted: number) =>
    t.ok(Math.abs(found - wanted) < 1e-12, `${found} is close to ${wanted}`);
  near(node(FREE).packing({ cpu: 50, memory: 200 }), (20 - (10 ** 0.5 + 1)) / 18);
  near(node(FREE).packing({ cpu: 100, memory: 50 }), (20 - (1 + 10 ** 0.75)) / 18);
  near(node(FREE, { cpu: 25 }).packing({ cpu: 25, tapes: 9 }), (20 - (10 ** 0.5 + 10)) / 18);
});

void t.test('each allocation of the same job on a node lowers the score of the node', async (t) => {
  t.equal(scoreAntiAffinity(0, 4), undefined);
  t.equal(scoreAntiAffinity(1, 4), -0.5);
  t.equal(scoreAntiAffinity(2, 4), -0.75);
  t.equal(scoreAntiAffinity(9, 4), -1);
  t.equal(scoreAntiAffinity(1, 0), -1, 'a group with a count of 0 has the lowest score');
});

void t.test('the score of a node is the mean of its parts, and never less than zero', async (t) => {
  const { ledger, at } = node(FREE);
  const demand = ledger.demand(FREE);
  t.equal(scoreNode(ledger, at, demand, 0, 4), 1);
  t.equal(scoreNode(ledger, at, demand, 1, 4), 0.25);
  t.equal(scoreNode(ledger, at, ledger.demand({}), 1, 4), 0);
});
