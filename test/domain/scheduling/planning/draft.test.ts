import t from 'tap';
import { Draft, PLAN_LIMITS, type PlannedEvent } from '#domain/scheduling/planning/draft.js';
import { ClusterState } from '#domain/scheduling/state/cluster-state.js';

const cause = { correlationId: 'c', causationId: 'd' };
const stop = (reason: string): PlannedEvent =>
  ({
    type: 'AllocationStopRequested',
    data: { allocationId: 'a', jobId: 'j', group: 'g', slot: 0, nodeId: 'n', reason },
    cause,
  }) as unknown as PlannedEvent;
/** The size that a draft counts: the data, plus a flat amount for the metadata and its ids. */
const bytesOf = ({ data }: PlannedEvent): number => 240 + 3 * 2 + Buffer.byteLength(JSON.stringify(data));

function draft(limits: Partial<typeof PLAN_LIMITS> = {}) {
  const state = new ClusterState();
  const node = state.ledger.node('n');
  state.ledger.setCapacity(node, { cpu: 10 });
  return { state, node, draft: new Draft(state, { ...PLAN_LIMITS, ...limits }) };
}

void t.test('the number of events in a plan is limited', async (t) => {
  const { draft: plan } = draft({ maxEvents: 2 });
  t.strictSame([plan.hasRoom(2), plan.hasRoom(3)], [true, false]);
  t.strictSame([plan.add(stop('drain')), plan.hasRoom(1), plan.hasRoom(2)], [true, true, false]);
  t.strictSame([plan.add(stop('drain')), plan.add(stop('drain'))], [true, false]);
  t.equal(plan.events.length, 2);
});

void t.test('the number of bytes in a plan is limited, but one event always fits', async (t) => {
  const event = stop('drain');
  for (const [maxBytes, taken] of [
    [2 * bytesOf(event), [true, true, false]],
    [2 * bytesOf(event) - 1, [true, false, false]],
    [1, [true, false, false]],
  ] as const) {
    const { draft: plan } = draft({ maxBytes });
    t.strictSame([plan.add(event), plan.add(event), plan.add(event)], taken);
  }
});

void t.test('a plan has room for two events if 900 bytes are left for each', async (t) => {
  t.strictSame(
    [draft({ maxBytes: 2 * 900 }).draft.hasRoom(2), draft({ maxBytes: 2 * 900 - 1 }).draft.hasRoom(2)],
    [true, false],
  );
});

void t.test('resources held by a plan are freed when it is undone or reset to a mark', async (t) => {
  const { state, node, draft: plan } = draft({ maxBytes: 2 * bytesOf(stop('drain')) });
  const used = (): number => state.ledger.usedOf(state.ledger.cpu, node);
  const demand = state.ledger.demand({ cpu: 3 });
  plan.add(stop('drain'));
  plan.hold(node, demand, [0]);
  const mark = plan.mark();
  plan.add(stop('drain'));
  plan.hold(node, demand, [1]);
  t.strictSame([used(), [...state.ledger.devicesHeld(node)], plan.add(stop('drain'))], [6, [0, 1], false]);
  plan.back(mark);
  t.strictSame(
    [used(), [...state.ledger.devicesHeld(node)], plan.events.length, plan.add(stop('drain'))],
    [3, [0], 1, true],
  );
  plan.undo();
  t.strictSame(
    [used(), [...state.ledger.devicesHeld(node)], plan.events.length],
    [0, [], 2],
    'the events of the plan remain',
  );
});
