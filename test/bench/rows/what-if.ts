import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { encode, type MusterEvent } from '#domain/event-types/index.js';
import { SCHEDULER_STREAM } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { CLUSTER_STATE_EVENTS, ClusterState, evolveClusterState, plan } from '#domain/scheduling/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { decodePage } from '#src/engine/read-models/index.js';
import { WhatIf } from '#src/fleet/what-if/what-if.js';
import { number, type Figure, type Row } from '../row.js';

const NOW = 1_700_000_000_000;
const GROUP_COUNT = 100;

/** Drains the fullest node. The first time includes a fold of the whole log, without a snapshot. */
export const whatIf: Row = {
  name: 'what-if',
  what: 'what a drain would do, 1,000 nodes, 20,000 allocations, from the log',
  sense: 'most',
  bar: 3000,
  quickBar: 10_000,
  unit: 'ms',
  async measure({ quick, runs }) {
    const nodes = quick ? 100 : 1000;
    const directory = mkdtempSync(join(tmpdir(), 'muster-what-if-'));
    const store = await openSqliteEventStore({ directory });
    try {
      const node = await fill(store, nodes, nodes / 5);
      const figures: number[] = [];
      const notes: string[] = [];
      for (let run = 0; run < runs; run += 1) {
        const asked = await WhatIf.open({ store, clock: systemClock, reserves: true });
        const [cold, warm] = [await drain(asked, node), await drain(asked, node)];
        figures.push(cold.ms);
        notes.push(
          `run ${run + 1}: ${number(cold.ms)} ms, the second time ${number(warm.ms)} ms; ${cold.moves} allocations move`,
        );
      }
      return { runs: figures, notes } satisfies Figure;
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function drain(asked: WhatIf, node: string): Promise<{ readonly ms: number; readonly moves: number }> {
  const begin = performance.now();
  const reply = await asked.ask({
    position: undefined,
    now: NOW,
    changes: [{ kind: 'drain', node }],
    horizonMs: 600_000,
    limit: 100,
  });
  if (reply.kind === 'refused') throw new Error(reply.code);
  return { ms: performance.now() - begin, moves: reply.answer.counts.moves };
}

/** Returns the node with the most allocations. */
async function fill(store: EventStore, nodes: number, jobs: number): Promise<string> {
  await Promise.all(
    Array.from({ length: nodes }, (_, index) =>
      append(store, `node-n${index}`, -1, [
        {
          type: 'NodeRegistered',
          data: {
            nodeId: `n${index}`,
            epoch: 1,
            ipAddress: '10.0.0.1',
            resources: { cpu: 4000, memory: 16_384 },
            attributes: {},
            healthy: true,
            endpoint: null,
            protocol: 'muster',
          },
        },
      ]),
    ),
  );
  const task = {
    name: 'task',
    driver: 'exec',
    config: { command: 'true' },
    resources: { cpu: 100, memory: 128 },
  };
  await Promise.all(
    Array.from({ length: jobs }, (_, index) =>
      append(store, `job-j${index}`, -1, [
        {
          type: 'JobSubmitted',
          data: {
            jobId: `j${index}`,
            evaluationId: `e${index}`,
            specification: { task_groups: [{ name: 'web', count: GROUP_COUNT, tasks: [task] }] },
          },
        },
      ]),
    ),
  );
  const state = await planAll(store);
  if (state.allocations.size !== jobs * GROUP_COUNT) throw new Error(`${state.allocations.size} allocations`);
  return state.nodes.reduce((one, other) => (other.allocations.size > one.allocations.size ? other : one)).id;
}

async function planAll(store: EventStore): Promise<ClusterState> {
  const state = new ClusterState();
  let position: bigint | undefined;
  for (;;) {
    for await (const page of store.readAll(position === undefined ? {} : { from: position })) {
      for (const event of decodePage(page, CLUSTER_STATE_EVENTS).events) evolveClusterState(state, event);
      position = page.at(-1)?.position ?? position;
    }
    const { events, more } = plan(state, { now: NOW });
    if (events.length === 0 && !more) return state;
    if (events.length > 0)
      await append(
        store,
        SCHEDULER_STREAM,
        state.planRevision,
        events.map(({ type, data }) => ({ type, data }) as MusterEvent),
      );
  }
}

async function append(
  store: EventStore,
  stream: string,
  revision: number,
  events: readonly MusterEvent[],
): Promise<void> {
  const metadata = { $correlationId: 'bench', $causationId: 'bench', at: NOW };
  await store.append({
    stream,
    expected: revision < 0 ? 'no_stream' : revision,
    events: events.map((event) => ({ id: randomUUID(), ...encode(event, metadata) })),
  });
}
