import { overdueMessage } from '#domain/protocol/index.js';
import type { TaskRun } from './phase.js';
import { stopByFault } from './stop.js';

export function watch(run: TaskRun): void {
  const { state, spec, handle, startTime, over } = run;
  const { record, parts } = state;
  const { containerId, imageDigest } = handle;
  state.handles.set(spec.task.name, handle);
  state.update(spec, {
    status: 'running',
    startTime,
    ...(containerId && { containerId }),
    ...(imageDigest && { imageDigest }),
    ...(handle.followHealth !== undefined && { imageCheck: true }),
  });
  record.status = 'running';
  record.startTime = Math.min(record.startTime ?? startTime, startTime);
  void state.saveAndReport();
  const limit = spec.task.max_run_seconds;
  if (limit === undefined) return;
  const ends = AbortSignal.any([over, parts.life]);
  const left = (startTime + limit) * 1000 - parts.clock.now();
  void parts.clock.sleep(Math.max(0, left), ends).then(() => {
    if (!ends.aborted) stopByFault(run, overdueMessage(limit));
  });
}
