import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { plan, type PlanEvent } from '#domain/scheduling/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { unreproduced } from '../../../fixtures/past-oracle.js';
import { Decisions } from '#src/fleet/scheduler/decisions.js';
import { startDecisions } from '#src/fleet/scheduler/index.js';
import { KeptStates } from '#src/fleet/scheduler/kept-states.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { planRequest } from '#src/fleet/scheduler/plan-append.js';
import { Facts } from './cluster.js';

type Store = Pick<EventStore, 'readAll' | 'append'>;

/** Folds the log, plans once, runs `meanwhile`, then appends the plan. `records: false`: does not record the plan's basis, as in older releases. */
async function planOnce(
  store: Store,
  { now, records = true, meanwhile }: { now: number; records?: boolean; meanwhile?: () => Promise<void> },
): Promise<readonly PlanEvent[]> {
  const fold = new ClusterFold();
  for await (const page of store.readAll()) fold.fold(EVENT_CATALOG, page);
  const { events } = plan(fold.state, { now });
  if (events.length === 0) return [];
  const { planRevision } = fold.state;
  const request = planRequest(events, planRevision, randomUUID(), now, records ? fold.sincePlan : undefined);
  await meanwhile?.();
  await store.append(request);
  return events;
}

/** Three nodes, and plans before which newer facts are appended. Returns the number of planned events. */
async function liveThrough(store: Store & EventStore, records = true): Promise<number> {
  const facts = new Facts(store);
  let length = 0;
  let now = 1_700_000_000_000;
  const step = async (meanwhile?: () => Promise<void>): Promise<void> => {
    length += (await planOnce(store, { now: (now += 1000), records, ...(meanwhile && { meanwhile }) }))
      .length;
  };
  for (const [index, cpu] of [1000, 2000, 4000].entries())
    await facts.node(`n${index}`, { cpu, memory: 4000 });
  await step();
  await facts.job('a', 4, 300);
  await step(() => facts.job('b', 3, 600));
  await step(() => facts.node('n3', { cpu: 3000, memory: 3000 }));
  await step();
  await facts.job('huge', 1, 9000);
  await facts.job('c', 6, 200);
  await step(() => facts.append({ type: 'NodeDrainStarted', data: { nodeId: 'n1' } }));
  for (let round = 0; round < 3; round += 1) await step();
  return length;
}

async function explainAll(t: Test, decisions: Decisions, order: readonly number[]): Promise<void> {
  let [placements, blocked] = [0, 0];
  for (const revision of order) {
    const decision = await decisions.explain({ revision, nodes: 2, node: 'n0' });
    if (decision?.kind === 'placement') {
      placements += 1;
      t.strictSame(decision.placement.differs, [], `revision ${revision}`);
      t.ok(decision.placement.survey?.verdicts.some(({ nodeId }) => nodeId === 'n0'));
      t.ok((decision.placement.survey?.verdicts.length ?? 9) <= 3);
    } else if (decision?.kind === 'blocked') {
      blocked += 1;
      t.match(decision.groups, [{ group: 'main', survey: { fitting: 0 } }]);
    }
  }
  t.strictSame([placements, blocked > 0], [13, true]);
}

const upTo = (length: number): number[] => Array.from({ length }, (_, revision) => revision);

void t.test('reproduces each placement at its basis, in any order of requests', async (t) => {
  const store = createMemoryEventStore();
  const length = await liveThrough(store);
  const decisions = new Decisions({ store, catalog: EVENT_CATALOG, clock: systemClock });
  await explainAll(t, decisions, upTo(length).reverse());
  await explainAll(t, new Decisions({ store, catalog: EVENT_CATALOG, clock: systemClock }), upTo(length));
  t.same(await unreproduced(store), []);
  t.equal(await decisions.explain({ revision: length + 7, nodes: 1 }), undefined);
  t.equal(
    await decisions.explain({ revision: 0, nodes: 1 }),
    undefined,
    'the event that admits a node is no decision',
  );
});

void t.test('explains a plan without a recorded basis from all events before it', async (t) => {
  const store = createMemoryEventStore();
  const length = await liveThrough(store, false);
  const decisions = new Decisions({ store, catalog: EVENT_CATALOG, clock: systemClock });
  let reproduced = 0;
  for (const revision of upTo(length)) {
    const decision = await decisions.explain({ revision, nodes: 2 });
    if (decision === undefined) continue;
    t.equal(decision.basisRecorded, false);
    if (decision.kind === 'placement' && decision.placement.reproduced) reproduced += 1;
  }
  t.ok(reproduced > 6, `${reproduced} of 13 placements are reproduced`);
});

void t.test('starts from a stored intermediate state to explain a later decision', async (t) => {
  const directory = t.testdir();
  const store = createMemoryEventStore();
  const length = await liveThrough(store);
  const kept = new KeptStates(directory, store);
  const fold = new ClusterFold();
  const positions: bigint[] = [];
  for await (const page of store.readAll())
    for (const event of page) {
      fold.fold(EVENT_CATALOG, [event]);
      positions.push(event.position);
      if (positions.length % 5 === 0) kept.keep(fold);
    }
  t.ok(readdirSync(join(directory, 'cluster-states')).length > 3);
  const middle = positions[Math.floor(positions.length / 2)]!;
  const found = await kept.before(middle, () => true);
  t.ok(found?.bookmark !== undefined && found.bookmark.position < middle);
  t.ok((found?.bookmark?.position ?? 0n) >= middle - 5n, 'the newest earlier state is found');
  await explainAll(
    t,
    new Decisions({ store, catalog: EVENT_CATALOG, clock: systemClock, directory }),
    upTo(length).reverse(),
  );
  // Damaged states are skipped.
  for (const name of readdirSync(join(directory, 'cluster-states')))
    writeFileSync(join(directory, 'cluster-states', name), 'torn');
  await explainAll(
    t,
    new Decisions({ store, catalog: EVENT_CATALOG, clock: systemClock, directory }),
    upTo(length).reverse(),
  );
});

void t.test('stores at most forty states, spread over the log', async (t) => {
  const directory = t.testdir();
  const store = createMemoryEventStore();
  const kept = new KeptStates(directory, store);
  const facts = new Facts(store);
  for (let index = 0; index < 50; index += 1) await facts.node(`n${index}`);
  const fold = new ClusterFold();
  for await (const page of store.readAll())
    for (const event of page) {
      fold.fold(EVENT_CATALOG, [event]);
      kept.keep(fold);
    }
  const names = readdirSync(join(directory, 'cluster-states'));
  t.equal(names.length, 40);
  const positions = names.map((name) => Number(name.split('.')[0])).sort((one, other) => one - other);
  const gaps = positions.slice(1).map((position, index) => position - positions[index]!);
  t.ok(Math.max(...gaps) <= 2, `gaps between the stored states: ${gaps.join(' ')}`);
});

void t.test('refuses a request that takes too long, and continues with the next', async (t) => {
  const store = createMemoryEventStore();
  const length = await liveThrough(store);
  let now = 0;
  const slow = Object.assign(createMemoryEventStore(), {
    readStream: store.readStream.bind(store),
    readAll: async function* (options: Parameters<EventStore['readAll']>[0]) {
      for await (const page of store.readAll(options))
        for (const event of page) {
          now += 5;
          yield [event];
        }
    },
  });
  const decisions = new Decisions({
    store: slow,
    catalog: EVENT_CATALOG,
    clock: { monotonic: () => now },
    timeoutMs: 40,
  });
  const revision = length - 1;
  const last = await lastPlacement(store, revision);
  let refusals = 0;
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const found = await decisions.explain({ revision: last, nodes: 1 }).catch((error: unknown) => {
      t.match(error, { code: 'MUSTER_E_OVERLOADED' });
      refusals += 1;
      return 'refused' as const;
    });
    if (found === 'refused') continue;
    t.match(found, { kind: 'placement', placement: { reproduced: true } });
    break;
  }
  t.ok(refusals > 0 && refusals < 20, `${refusals} refusals`);
});

async function lastPlacement(store: EventStore, from: number): Promise<number> {
  for await (const page of store.readStream('scheduler', { direction: 'backwards', from }))
    for (const { type, revision } of page) if (type === 'AllocationPlaced') return revision;
  throw new Error('nothing was placed');
}

void t.test("explains decisions from this process's log in a worker thread", async (t) => {
  const directory = t.testdir();
  mkdirSync(join(directory, 'cluster-states'));
  const store = await openSqliteEventStore({ directory });
  await liveThrough(store);
  const decisions = startDecisions({ eventStoreHandle: () => store.handle(), directory, reserves: true });
  const last = await lastPlacement(store, 1_000_000);
  const [one, other] = await Promise.all([
    decisions.explain({ revision: last, nodes: 10 }),
    decisions.explain({ revision: last, nodes: 1 }),
  ]);
  t.match(one, { kind: 'placement', placement: { reproduced: true, differs: [] } });
  t.equal(other?.kind === 'placement' && other.placement.survey?.verdicts.length, 1);
  const many = await Promise.allSettled(
    Array.from({ length: 40 }, () => decisions.explain({ revision: last, nodes: 1 })),
  );
  const refused = many.filter(({ status }) => status === 'rejected');
  t.equal(refused.length, 40 - 17, 'one request is processed, sixteen wait, and the others are refused');
  t.match(refused[0], { reason: { code: 'MUSTER_E_OVERLOADED' } });
  await decisions.stop();
  await t.rejects(decisions.explain({ revision: last, nodes: 1 }), { code: 'MUSTER_E_OVERLOADED' });
  await store.close();
});
