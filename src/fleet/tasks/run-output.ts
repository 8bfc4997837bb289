import { httpDriver, type HttpResult } from '#domain/drivers/http/index.js';
import { combinedOutput, processOutput, type ProcessOutput } from '#domain/drivers/index.js';
import type { WorkView } from '#domain/work/index.js';
import { slotOf, taskOf } from '#domain/tasks/task/index.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';

type Results = Pick<TaskResults, 'read'>;

export interface RunOutput {
  readonly http_status?: number;
  readonly output: string;
  readonly streams: Pick<ProcessOutput, 'stdout' | 'stderr'>;
}

/** Returns undefined if the run has not ended or wrote nothing, or if its output was erased. */
export async function resultOf(
  results: Results,
  { work }: { readonly work: WorkView },
): Promise<RunOutput | undefined> {
  const slot = slotOf(work);
  const at = taskOf(slot)?.resultAt;
  return slot === null || at === undefined ? undefined : await outputAt(results, slot.nodeId, at);
}

/** Returns the output at a revision of a worker's stream, or undefined if there is none or it was erased. */
export async function outputAt(
  results: Results,
  workerId: string,
  revision: number,
): Promise<RunOutput | undefined> {
  const result = await results.read(workerId, revision);
  const written = processOutput.safeParse(result);
  if (written.success) return { output: combinedOutput(written.data), streams: written.data };
  const called = httpDriver.result?.safeParse(result);
  if (called?.success !== true) return undefined;
  const { http_status, body } = called.data as HttpResult;
  return { http_status, output: body, streams: { stdout: body, stderr: '' } };
}
