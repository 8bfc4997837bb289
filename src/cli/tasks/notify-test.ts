import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf } from '../shared/client.js';
import { EXIT_TIMEOUT, Failure } from '../shared/failure.js';
import { findTask } from '../shared/lookup.js';
import { connect, type NamingOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { wholeNumber } from '../shared/whole-number.js';
import { explainRun } from './task-reasons-view.js';

/** Poll interval, in milliseconds. */
const INTERVAL_MS = 200;

/** Sends a test notification and waits for its end. Fails unless the response was 2xx. */
export async function testNotice(
  given: string,
  { timeout, ...options }: NamingOptions & { readonly timeout: string },
): Promise<void> {
  const { api, format } = connect(options);
  const until = systemClock.monotonic() + wholeNumber(timeout, '--timeout') * 1000;
  const { id } = await findTask(api, given, options);
  const task_id = String(id);
  let { data: notice } = await bodyOf(
    api.POST('/api/tasks/{task_id}/notices', { params: { path: { task_id } } }),
  );
  const path = { task_id, notice_id: String(notice.id) };
  while (notice.finished_at === null) {
    if (systemClock.monotonic() > until) {
      const why = notice.reason === null ? '' : `: ${explainRun(notice.reason)}`;
      throw new Failure(`the notification is still ${notice.status}${why}`, EXIT_TIMEOUT);
    }
    await systemClock.sleep(INTERVAL_MS);
    ({ data: notice } = await bodyOf(
      api.GET('/api/tasks/{task_id}/notices/{notice_id}', { params: { path } }),
    ));
  }
  const { status, url, message, http_status: code } = notice;
  const answer = code === null || code === undefined ? 'no response' : `the response was ${code}`;
  if (format === 'json') printJson(notice);
  else if (status === 'delivered') printLines([`delivered to ${url}: ${answer}`]);
  if (status !== 'delivered') throw new Failure(`the notification to ${url} failed: ${message ?? answer}`);
}
