import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readRecorded } from '../../fixtures/event-log.js';
import { startFleet, type Fleet } from '../fleet.js';
import type { LoadResult } from '../load/main.js';
import type { Load } from '../load/requests.js';
import { residentMemory } from '../memory.js';
import { administrator, makeTasks, WITH_ADMINISTRATOR } from '../tasks/tasks.js';
import { allocatedBytes, type Span } from './allocated.js';
import type { Revision } from './revision.js';
import { threadTimes } from './threads.js';

export const COMPARED_ROWS = [
  'commands',
  'placements-of-1',
  'get-job',
  'heartbeat',
  'task-triggers',
] as const;
export type ComparedRow = (typeof COMPARED_ROWS)[number];

/** What one row of one revision took in one round. Undefined: the row has no such figure. */
export interface Sample {
  /** A second. */
  readonly rate: number;
  readonly p50?: number;
  readonly p99?: number;
  /** Microseconds of processor time per operation by thread, work in the background included. */
  readonly micros?: ReadonlyMap<string, number>;
  /** Allocated per operation on the main thread. */
  readonly allocatedKiB?: number;
  /** Resident memory of the server at its highest so far. */
  readonly peakMiB?: number;
}

const NODES = 500;
const RESOURCES = { cpu: 100_000, memory: 1_000_000, slots: 1_000 };
const TASKS = 200;
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'name-thread.js')).href;
/** The server is idle if it takes less than this share of a core for a second. */
const IDLE_SHARE = 0.05;
const IDLE_WITHIN_MS = 300_000;

interface Sizes {
  readonly jobs: number;
  readonly gets: number;
  readonly heartbeats: number;
  readonly triggers: number;
  /** Operations of each kind before those that are measured, because a server spends its first seconds on JIT compilation. */
  readonly warm: number;
}
const WHOLE: Sizes = { jobs: 20_000, gets: 50_000, heartbeats: 50_000, triggers: 10_000, warm: 5_000 };
const QUICK: Sizes = { jobs: 500, gets: 500, heartbeats: 500, triggers: 200, warm: 100 };

/** Measures all rows of one revision on one server, one after the other. A row that the revision refuses is left out, and its reason is returned. */
export async function sampled(
  { main }: Revision,
  quick: boolean,
): Promise<{ readonly rows: Map<ComparedRow, Sample>; readonly missing: Map<ComparedRow, string> }> {
  const size = quick ? QUICK : WHOLE;
  const env = { ...WITH_ADMINISTRATOR, NODE_OPTIONS: `--import ${PRELOAD}` };
  const fleet = await startFleet(quick ? 50 : NODES, RESOURCES, 'embedded', env, main);
  const rows = new Map<ComparedRow, Sample>();
  const missing = new Map<ComparedRow, string>();
  const spans = new Map<ComparedRow, Span & { readonly count: number }>();
  const began = Date.now() - (await uptimeMs(fleet));
  const row = async (name: ComparedRow, of: (count: number, warm: boolean) => Load, count: number) => {
    await fleet.load(of(size.warm, true));
    await idle(fleet);
    const before = threadTimes(fleet.server.pid);
    const result = await fleet.load(of(count, false));
    await idle(fleet);
    const micros = [...threadTimes(fleet.server.pid)].map(
      ([thread, seconds]) => [thread, ((seconds - (before.get(thread) ?? 0)) * 1e6) / count] as const,
    );
    spans.set(name, { from: result.startedAt - began, to: result.endedAt - began, count });
    const { p50, p99, seconds } = result;
    const peakMiB = residentMemory(fleet.server.pid).peak;
    rows.set(name, { rate: count / seconds, p50, p99, micros: new Map(micros), peakMiB });
    return result;
  };
  const attempt = async (name: ComparedRow, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      missing.set(name, error instanceof Error ? error.message : String(error));
    }
  };
  try {
    const job = { kind: 'submit', allocations: 1, constrained: false } as const;
    let commands: LoadResult | undefined;
    await attempt('commands', async () => {
      const load = (count: number, warm: boolean): Load => ({
        ...job,
        count,
        prefix: warm ? 'warm-' : 'job-',
      });
      commands = await row('commands', load, size.jobs);
    });
    await attempt('placements-of-1', async () => {
      if (commands === undefined) throw new Error('there are no commands');
      const last = await lastPlacement(fleet, size.warm + size.jobs);
      rows.set('placements-of-1', { rate: size.jobs / ((last - commands.startedAt) / 1000) });
    });
    await attempt('get-job', async () => {
      await row('get-job', (count) => ({ kind: 'get', count, among: size.jobs, prefix: 'job-' }), size.gets);
    });
    await attempt('heartbeat', async () => {
      const load = (count: number): Load => ({
        kind: 'heartbeat',
        count,
        nodes: quick ? 50 : NODES,
        resources: RESOURCES,
      });
      await row('heartbeat', load, size.heartbeats);
    });
    await attempt('task-triggers', async () => {
      const account = await administrator(fleet.server);
      const shell = { executor: 'shell', command: 'sleep 3600' };
      const tasks = await makeTasks(fleet, account, quick ? 20 : TASKS, shell);
      const load = (count: number): Load => ({ kind: 'trigger', count, token: account.token, tasks });
      await row('task-triggers', load, size.triggers);
    });
    // The server prints the last of its collections when it ends.
    await fleet.server.stop();
    const allocated = allocatedBytes(fleet.server.program.stdout);
    for (const [name, { count, ...span }] of spans) {
      const found = rows.get(name);
      if (found !== undefined) rows.set(name, { ...found, allocatedKiB: allocated(span) / count / 1024 });
    }
    return { rows, missing };
  } finally {
    await fleet.end();
  }
}

/** Waits until the server takes next to no processor time, so that the work in the background is counted too. */
async function idle({ server }: Fleet): Promise<void> {
  const total = (): number => [...threadTimes(server.pid).values()].reduce((sum, each) => sum + each, 0);
  const until = performance.now() + IDLE_WITHIN_MS;
  for (let before = total(); performance.now() < until;) {
    await pause(1000);
    const now = total();
    if (now - before < IDLE_SHARE) return;
    before = now;
  }
  throw new Error(`the server was not idle within ${IDLE_WITHIN_MS / 1000} s`);
}

async function lastPlacement({ server }: Fleet, wanted: number): Promise<number> {
  const placed = await readRecorded(server, { types: ['AllocationPlaced'] });
  if (placed.length < wanted) throw new Error(`${placed.length} of ${wanted} allocations were placed`);
  return placed.at(-1)?.created ?? Number.NaN;
}

/** Returns how long the server has run, in milliseconds, by which it dates what it prints. */
async function uptimeMs({ server }: Fleet): Promise<number> {
  const text = (await server.api.get('/metrics')).text;
  const started = Number(/^process_start_time_seconds\S* (\S+)/m.exec(text)?.[1]);
  return Date.now() - started * 1000;
}
