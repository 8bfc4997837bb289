import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_FILE } from '#src/engine/event-store/sqlite/schema.js';
import { eventually } from '../../fixtures/eventually.js';
import { Program, runToEnd } from '../../fixtures/program.js';
import { ownDirectory } from '../fleet.js';
import { makeLoad } from '../load/index.js';
import type { LoadResult } from '../load/main.js';
import type { Load } from '../load/requests.js';
import type { FloorForm } from './server.js';
import type { Scan } from './scan.js';

/** Baselines for the rows: (a) and (b) are bare servers, (c) is a scan of the log. */
export type FloorName = 'a' | 'b' | 'c';

/** Descriptions for `docs/benchmarks.md`. */
export const FLOORS: Readonly<Record<FloorName, string>> = {
  a: 'a bare fastify server that parses and validates the same request with the same schema, and answers',
  b: 'the same with one group-committed SQLite insert, fsync before the answer (`synchronous=FULL`)',
  c: 'a scan of the same log that parses each event and counts',
};

/** Runs the loads one after another on a bare server in a process of its own. Returns the last result; the earlier loads are warm-up. */
export async function underLoad(
  form: 'answers' | 'inserts' | { readonly job: unknown },
  loads: readonly Load[],
  connections = 64,
): Promise<LoadResult> {
  const directory = ownDirectory();
  const server = Program.start({
    command: process.execPath,
    args: [join(import.meta.dirname, 'server.js'), JSON.stringify(formOf(form, directory))],
  });
  try {
    await eventually(() => server.stdout.length > 0 || server.status !== undefined, {
      timeout: 60_000,
      interval: 10,
      what: 'the start of a bare server',
    });
    if (server.status !== undefined) throw new Error(`the bare server ended: ${server.tail()}`);
    let result: LoadResult | undefined;
    for (const load of loads)
      result = await makeLoad({ host: '127.0.0.1', port: Number(server.stdout[0]), connections, load });
    if (result === undefined) throw new Error('a floor needs a load');
    return result;
  } finally {
    await server.end('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Scans the log in `directory`, in a process of its own. */
export async function scanned(directory: string): Promise<Scan> {
  const run = await runToEnd({
    command: process.execPath,
    args: [join(import.meta.dirname, 'scan.js'), join(directory, LOG_FILE)],
  });
  if (run.code !== 0) throw new Error(`the scan failed: ${run.stderr}`);
  return JSON.parse(run.stdout) as Scan;
}

function formOf(form: Parameters<typeof underLoad>[0], directory: string): FloorForm {
  if (form === 'answers') return {};
  return form === 'inserts' ? { file: join(directory, 'bodies.db') } : form;
}
