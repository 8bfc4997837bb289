import { isOneOf, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import { taskEvents } from '#domain/tasks/task/events.js';

/** Whether an event of a task is about this run. */
export function concernsRun(event: Recorded<AnyEvent>, run: number): boolean {
  if (!isOneOf(taskEvents, event)) return false;
  const { type, data } = event;
  switch (type) {
    case 'TaskSlotDecided':
    case 'TaskChainDecided':
      return data.decision === 'run' && data.run === run;
    case 'TaskTriggered':
    case 'TaskRunRetried':
    case 'TaskRunEnded':
      return data.run === run;
    case 'TaskBackfilled':
      return data.run <= run && run < data.run + data.slots.length;
    case 'TaskRunsCancelled':
      return data.runs.includes(run);
    case 'TaskRunsDropped':
      return data.from <= run && run <= data.until;
    case 'TaskNoticeDecided':
      return data.on === 'waiting' && data.waits.run === run;
    default:
      return false;
  }
}

/**
 * Whether an event belongs into the history of a run. Later runs and updates of the task also change its document, because they decide how long its
 * job is retained.
 */
export function isOfRun(event: Recorded<AnyEvent>, run: number): boolean {
  const isOfTask = isOneOf(taskEvents, event) && event.type !== 'TaskDeleted';
  return !isOfTask || concernsRun(event, run);
}
