import { join } from 'node:path';
import { runToEnd } from '../../fixtures/program.js';
import type { LoadJob, LoadResult } from './main.js';

/** Runs a load in a process of its own and returns the result. Throws if a request got no response or was refused. */
export async function makeLoad(job: LoadJob): Promise<LoadResult> {
  const run = await runToEnd({
    command: process.execPath,
    args: [join(import.meta.dirname, 'main.js'), JSON.stringify(job)],
  });
  if (run.code !== 0) throw new Error(`the load generator failed: ${run.stderr}`);
  const result = JSON.parse(run.stdout) as LoadResult;
  if (Object.keys(result.refused).length > 0)
    throw new Error(`requests were refused: ${JSON.stringify(result.refused)}`);
  return result;
}
