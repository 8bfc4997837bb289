import { join } from 'node:path';
import { runToEnd } from '../../fixtures/program.js';
import type { LoadJob, LoadResult } from './main.js';

/** Runs a load in a process of its own and returns the result. Throws if a request got no response, or one that the load does not expect. */
export async function makeLoad(job: LoadJob): Promise<LoadResult> {
  const run = await runToEnd({
    command: process.execPath,
    args: [join(import.meta.dirname, 'main.js'), JSON.stringify(job)],
  });
  if (run.code !== 0) throw new Error(`the load generator failed: ${run.stderr}`);
  const result = JSON.parse(run.stdout) as LoadResult;
  if (Object.keys(result.unexpected).length > 0)
    throw new Error(`unexpected responses: ${JSON.stringify(result.unexpected)}`);
  return result;
}
