import { randomUUID } from 'node:crypto';
import { encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startFleet, shown, type Fleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';

/** Maximum number of runs that a task can retain. */
const KEPT = 1_000_000;
const PAGE_SIZE = 20;
const MINUTE = 60_000;
const BATCH = 100;
/** One in this many runs has failed. */
const FAILED = 10;

/** Reads pages of the runs of a task that retains the most runs, one after another on one connection: of all runs, by status, and by time span. */
export const runsList: Row = {
  name: 'runs-list',
  what: 'list of runs, task with 1,000,000 runs, any page, by status and by time too: the slowest p99',
  sense: 'most',
  bar: 50,
  quickBar: 5_000,
  unit: 'ms',
  async measure({ quick, runs: times }) {
    const count = quick ? 5_000 : KEPT;
    const fleet = await startFleet(0, undefined, 'embedded', WITH_ADMINISTRATOR);
    try {
      const account = await administrator(fleet.server);
      const { id } = await account.create({ name: 'told to', keep_runs: KEPT, command: 'true' });
      await fleet.server.stop();
      const planted = performance.now();
      const last = await plant(fleet.server.dataDir, id, count);
      const began = performance.now();
      await fleet.server.start(600_000);
      await shown(fleet.server, 600_000);
      const seconds = (from: number, to: number): string => number((to - from) / 1000);
      const notes = [
        `${number(count * 2)} events of one task, written in ${seconds(planted, began)} s; ready, and the lists too, ${seconds(began, performance.now())} s after the start`,
      ];
      const figures: number[] = [];
      const { token } = await administrator(fleet.server);
      for (let run = 0; run < times; run += 1) {
        let slowest = 0;
        for (const { what, query, of } of listsOf(count, last)) {
          const { p99, told } = await pagesOf(
            fleet,
            { token, task: id, query, pages: Math.ceil(of / PAGE_SIZE) },
            quick ? 30 : 300,
          );
          slowest = Math.max(slowest, p99);
          notes.push(`run ${run + 1}, ${what}: ${told}`);
        }
        figures.push(slowest);
      }
      return { runs: figures, notes } satisfies Figure;
    } finally {
      await fleet.end();
    }
  },
};

/** The queries, and how many runs each one matches. */
function listsOf(
  count: number,
  last: number,
): readonly { readonly what: string; readonly query: string; readonly of: number }[] {
  // The span begins and ends inside groups of runs, which the server must then read run by run.
  const [from, to] = [
    last - (Math.floor(count * 0.75) + 7) * MINUTE,
    last - (Math.floor(count * 0.25) + 13) * MINUTE,
  ];
  const span = `&from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const within = Math.floor((to - from) / MINUTE);
  return [
    { what: 'all', query: '', of: count },
    { what: 'status', query: '&status=failed', of: Math.floor(count / FAILED) },
    { what: 'from and to', query: span, of: within },
    {
      what: 'status, from and to',
      query: `&status=success${span}`,
      of: Math.floor(within * (1 - 1 / FAILED)),
    },
  ];
}

interface Asked {
  readonly token: string;
  readonly task: number;
  readonly query: string;
  readonly pages: number;
}

/**
 * Reads the first page, the middle one, the last, and others in between, each many times on one connection. Then 64 clients read the others at once.
 */
async function pagesOf(
  { load }: Fleet,
  { pages, ...asked }: Asked,
  count: number,
): Promise<{ readonly p99: number; readonly told: string }> {
  const middle = Math.ceil(pages / 2);
  const others = Array.from({ length: 97 }, (_, index) => ((index * 7_919_317) % pages) + 1);
  const told: string[] = [];
  let p99 = 0;
  for (const [what, which] of Object.entries({ first: [1], middle: [middle], last: [pages], any: others })) {
    const alone = await load({ kind: 'runs', count, ...asked, pages: which }, 1);
    p99 = Math.max(p99, alone.p99);
    told.push(`${what} p50 ${number(alone.p50)} ms, p99 ${number(alone.p99)} ms`);
  }
  const crowd = await load({ kind: 'runs', count, ...asked, pages: others });
  return {
    p99,
    told: `${told.join('; ')}; 64 clients ${number(crowd.requests / crowd.seconds)} pages a second, p99 ${number(crowd.p99)} ms`,
  };
}

/** Writes ended runs, one a minute up to now, into the log of a stopped server. Returns when the last one ended, in milliseconds since 1970. */
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
    stored(
      { type: 'TaskTriggered', data: { taskId, run, keptFrom, attempts: 1, trigger: 'manual' } },
      at - 1_000,
    ),
    stored(
      { type: 'TaskRunEnded', data: { taskId, run, outcome: run % FAILED === 7 ? 'failed' : 'success' } },
      at,
    ),
  ];
}

function stored(event: MusterEvent, at: number) {
  const id = randomUUID();
  return {
    id,
    ...encode(event, { $correlationId: id, $causationId: id, at, surface: 'tasks', actor: 'anonymous' }),
  };
}
