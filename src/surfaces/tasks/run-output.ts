import { httpDriver, type HttpResult } from '#domain/drivers/http/index.js';
import { inOneText, processOutput, type ProcessOutput } from '#domain/drivers/index.js';
import { slotOf, taskOf } from '#domain/task/index.js';
import type { TaskRunDocument } from '#projections/task-runs.js';
import type { SurfaceHost } from '#src/surfaces/kit/index.js';

/** What a run gave back: it stands in the log, whatever became of its worker. */
export interface RunOutput {
  readonly http_status?: number;
  /** The end of both streams. */
  readonly output: string;
  /** The end of each. */
  readonly streams: Pick<ProcessOutput, 'stdout' | 'stderr'>;
}

/** Undefined: it has not ended, wrote nothing, or what it wrote was erased. */
export async function outputOfRun({ results }: Pick<SurfaceHost['parts'], 'results'>, { work }: TaskRunDocument): Promise<RunOutput | undefined> {
  const slot = slotOf(work);
  const at = taskOf(slot)?.resultAt;
  const result = slot === null || at === undefined ? undefined : await results.read(slot.nodeId, at);
  const written = processOutput.safeParse(result);
  if (written.success) return { output: inOneText(written.data), streams: written.data };
  const called = httpDriver.result?.safeParse(result);
  if (called?.success !== true) return undefined;
  const { http_status, body } = called.data as HttpResult;
  return { http_status, output: body, streams: { stdout: body, stderr: '' } };
}
