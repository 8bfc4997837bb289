import { randomUUID } from 'node:crypto';
import { encode, type MusterEvent } from '#domain/event-types/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startFleet, shown } from '../fleet.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';

/** As many as a task can keep. */
const KEPT = 10_000;
const PAGE_SIZE = 20;
const MINUTE = 60_000;
const BATCH = 100;

/** Pages of the runs of a task that ran a million times and keeps as many runs as a task can, read one after the other on one connection. */
export const runsList: Row = {
  name: 'runs-list',
  what: 'list of runs, task with 1,000,000 runs of which 10,000 are kept, any page, p99',
  sense: 'most',
  bar: 50,
  quickBar: 5_000,
  unit: 'ms',
  async measure({ quick, runs: times }) {
    const count = quick ? 2_000 : 1_000_000;
    const fleet = await startFleet(0, undefined, 'embedded', WITH_ADMINISTRATOR);
    try {
      const account = await administrator(fleet.server);
      const { id } = await account.create({ name: 'told to', keep_runs: KEPT, command: 'true' });
      await fleet.server.stop();
      const last = await plant(fleet.server.dataDir, id, count);
      const began = performance.now();
      await fleet.server.start(600_000);
      await shown(fleet.server, 600_000);
      const notes = [`${number(count * 2)} events of one task; ready, and the lists too, ${number((performance.now() - began) / 1000)} s after the start`];
      const figures: number[] = [];
      const token = (await administrator(fleet.server)).token;
      for (let run = 0; run < times; run += 1) {
        const load = { kind: 'runs', count: quick ? 50 : 2_000, token, task: id, pages: Math.min(count, KEPT) / PAGE_SIZE } as const;
        const alone = await fleet.load(load, 1);
        const crowd = await fleet.load(load);
        figures.push(alone.p99);
        notes.push(
          `run ${run + 1}: p50 ${number(alone.p50)} ms, longest ${number(alone.max)} ms; 64 clients ${number(crowd.requests / crowd.seconds)} pages a second, p99 ${number(crowd.p99)} ms`,
        );
      }
      const spans: number[] = [];
      for (let each = 0; each < 20; each += 1) {
        const from = new Date(last - (each + 1) * 300 * MINUTE).toISOString();
        const asked = performance.now();
        await account.call('get', `/api/tasks/${id}/runs?from=${from}&to=${new Date(last).toISOString()}`);
        spans.push(performance.now() - asked);
      }
      notes.push(
        `runs of a span (\`from\`, \`to\`): p50 ${number(
          quantile(
            spans.sort((a, b) => a - b),
            0.5,
          ),
        )} ms, longest ${number(quantile(spans, 1))} ms`,
      );
      return { runs: figures, notes } satisfies Figure;
    } finally {
      await fleet.end();
    }
  },
};

/** Writes runs that have ended, one a minute, the last of them now, into the log of a server that is down. Answers when the last one ended, in milliseconds since 1970. */
async function plant(directory: string, taskId: number, count: number): Promise<number> {
  const store = await openSqliteEventStore({ directory });
  const now = Date.now();
  try {
    const stream = `task-${taskId}`;
    let expected = 0;
    for await (const page of store.readStream(stream)) expected = page.at(-1)?.revision ?? expected;
    for (let from = 1; from <= count; from += BATCH) {
      const events = Array.from({ length: Math.min(BATCH, count + 1 - from) }, (_, index) =>
        life(taskId, from + index, now - (count - from - index) * MINUTE),
      ).flat();
      await store.append({ stream, expected, events });
      expected += events.length;
    }
  } finally {
    await store.close();
  }
  return now;
}

function life(taskId: number, run: number, at: number): ReturnType<typeof stored>[] {
  const keptFrom = Math.max(1, run + 1 - KEPT);
  return [
    stored({ type: 'TaskTriggered', data: { taskId, run, keptFrom, attempts: 1, trigger: 'manual' } }, at - 1_000),
    stored({ type: 'TaskRunEnded', data: { taskId, run, outcome: run % 10 === 7 ? 'failed' : 'success' } }, at),
  ];
}

function stored(event: MusterEvent, at: number) {
  const id = randomUUID();
  return { id, ...encode(event, { $correlationId: id, $causationId: id, at, surface: 'tasks', actor: 'anonymous' }) };
}
