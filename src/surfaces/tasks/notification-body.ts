import type { OpenNotification, PresentTask } from '#domain/tasks/task/index.js';
import type { RunOutput } from '#src/fleet/tasks/index.js';
import { wireTime } from '#src/http/index.js';

/** Maximum number of characters from the end of a run's output. */
const MAX_OUTPUT = 8192;

type Output = Pick<RunOutput, 'output' | 'http_status'>;

/** Creates the body to post, in the API's terms. `text` is a one-line summary for chat services. */
export function notificationBody(
  { taskId, definition: { name } }: PresentTask,
  { decided, decidedAt }: OpenNotification,
  output: Output | undefined,
): string {
  const common = {
    event: decided.on,
    notice_id: decided.notice,
    task_id: taskId,
    task_name: name,
    decided_at: wireTime(decidedAt),
  };
  if (decided.on === 'missed') {
    const { slot, until, count } = decided.slots;
    const missed = { slot: wireTime(slot), until: wireTime(until), count };
    const many = count === 1 ? 'its slot' : count === null ? 'more than 1000 slots' : `${count} slots`;
    const when = count === 1 ? missed.slot : `from ${missed.slot} to ${missed.until}`;
    return JSON.stringify({
      ...common,
      text: `Task ${taskId} (${name}) has missed ${many}: ${when}`,
      missed,
    });
  }
  if (decided.on === 'waiting') {
    const { run, trigger, slot, since, reason = null } = decided.waits;
    const waiting = {
      id: run,
      status: 'pending',
      trigger,
      slot: slot === null ? null : wireTime(slot),
      due_at: wireTime(since),
      reason,
    };
    const why = reason === null ? '' : `: ${reason}`;
    return JSON.stringify({
      ...common,
      text: `Task ${taskId} (${name}): run ${run} has been waiting since ${waiting.due_at}${why}`,
      run: waiting,
    });
  }
  if (decided.on === 'test')
    return JSON.stringify({
      ...common,
      text: `Task ${taskId} (${name}): this is a test of its notifications`,
    });
  const {
    run,
    outcome,
    trigger,
    slot,
    attempt,
    reason = null,
    worker = null,
    startedAt,
    endedAt,
    exitCode = null,
    message = null,
  } = decided.run;
  const word =
    decided.on === 'recovery'
      ? 'has succeeded again'
      : { success: 'has succeeded', failed: 'has failed', timeout: 'took too long' }[outcome];
  const why = outcome === 'success' || message === null ? '' : `: ${message}`;
  const told = {
    id: run,
    status: outcome,
    trigger,
    slot: slot === null ? null : wireTime(slot),
    attempt,
    worker,
    started_at: seconds(startedAt),
    finished_at: seconds(endedAt),
    exit_code: exitCode,
    http_status: output?.http_status ?? null,
    reason,
    message,
    output: output === undefined ? null : output.output.slice(-MAX_OUTPUT),
  };
  return JSON.stringify({ ...common, text: `Task ${taskId} (${name}) ${word}, run ${run}${why}`, run: told });
}

function seconds(at: number | undefined): string | null {
  return at === undefined ? null : wireTime(at * 1000);
}
