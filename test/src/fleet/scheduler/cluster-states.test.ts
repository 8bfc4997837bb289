import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ClusterState, recordsOf } from '#domain/scheduling/index.js';
import { ClusterFold } from '#src/fleet/scheduler/cluster-fold.js';
import { ClusterStates } from '#src/fleet/scheduler/cluster-states.js';
import { KeptStates } from '#src/fleet/scheduler/kept-states.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { Facts } from './cluster.js';

const textOf = (state: ClusterState): string => JSON.stringify([...recordsOf(state)]);

void t.test(
  'the state at a position equals the fold of all events up to it, in any order of requests',
  async (t) => {
    const directory = t.testdir();
    const store = createMemoryEventStore();
    const facts = new Facts(store);
    for (let index = 0; index < 6; index += 1) {
      await facts.node(`n${index}`, { cpu: 1000, memory: 1000 });
      await facts.job(`job-${index}`, 1, 100);
    }
    const kept = new KeptStates(directory, store);
    const expected = new Map<bigint, string>();
    const fold = new ClusterFold();
    for await (const page of store.readAll())
      for (const event of page) {
        fold.fold(EVENT_CATALOG, [event]);
        expected.set(event.position, textOf(fold.state));
        if (expected.size % 4 === 0) kept.keep(fold);
      }
    t.ok(readdirSync(join(directory, 'cluster-states')).length > 2);
    const positions = [...expected.keys()];
    const inward = positions.map((_, index) => (index % 2 === 0 ? positions.length - 1 - index : index));
    for (const order of [positions, [...positions].reverse(), inward.map((index) => positions[index]!)])
      for (const options of [{ directory }, {}]) {
        const states = new ClusterStates({ store, catalog: EVENT_CATALOG, clock: systemClock, ...options });
        for (const position of order)
          t.equal(textOf(await states.at(position)), expected.get(position), `at ${position}`);
        t.equal(textOf(await states.at(-1n)), textOf(new ClusterState()), 'before the first event');
      }
  },
);
