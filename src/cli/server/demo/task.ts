import { bodyOf, textOf, type Api, type Tasks } from '../../shared/client.js';
import type { ShownEvent } from '../../log/event-line.js';
import { Failure } from '../../shared/failure.js';
import { runTable } from '../../tasks/task-view.js';
import { eventsNow, say, sayEvents, sayLog, until } from './steps.js';

type Run = Tasks['TaskRunOrSlot'];

const FIRST_RUN = '1';
const ENDED: ReadonlySet<Run['status']> = new Set(['success', 'failed', 'timeout', 'cancelled']);

/** Shows one scheduled task from its creation to the events of its first run. */
export async function showTask(api: Api, file: string, body: Tasks['TaskRequest']): Promise<void> {
  const { data: task } = await bodyOf(api.POST('/api/tasks', { body }));
  say(
    `\nCreated ${file} as task ${task.id}, ${task.name}: ${task.schedule_text ?? 'without a schedule'}, next at ${task.next_run_at ?? '-'}`,
  );
  const path = { task_id: String(task.id), run_id: FIRST_RUN };
  if (task.next_run_at === null) await api.POST('/api/tasks/{task_id}/trigger', { params: { path } });
  const run = await follow(api, path.task_id);
  for (const line of runTable([run])) say(`  ${line}`);
  await sayLog(`Log of task ${task.id}, run ${run.id}`, logOf(api, path, 'stdout'));
  if (run.status !== 'success')
    await sayLog(`Errors of task ${task.id}, run ${run.id}`, logOf(api, path, 'stderr'));
  sayEvents(await eventsOf(api, path.task_id));
  if (run.status !== 'success')
    throw new Failure(
      `the run ended with the status ${run.status}: ${run.message ?? run.reason ?? 'no reason was reported'}`,
    );
}

function logOf(
  api: Api,
  path: { task_id: string; run_id: string },
  stream: 'stdout' | 'stderr',
): AsyncIterable<string> {
  return textOf(
    api.GET('/api/tasks/{task_id}/runs/{run_id}/logs', {
      params: { path, query: { stream } },
      parseAs: 'stream',
    }),
  );
}

async function follow(api: Api, task: string): Promise<Run> {
  let shown = '';
  return await until(async () => {
    const { data } = await bodyOf(
      api.GET('/api/tasks/{task_id}/runs', { params: { path: { task_id: task }, query: { size: 100 } } }),
    );
    const run = data.at(-1);
    const state =
      run === undefined || run.status === 'skipped'
        ? 'waiting for its first slot'
        : `run ${run.id} ${run.status}`;
    if (state !== shown) say(`  ${state}`);
    shown = state;
    return run !== undefined && run.status !== 'skipped' && ENDED.has(run.status) ? run : undefined;
  }, 'the first run did not end');
}

async function eventsOf(api: Api, task: string): Promise<ShownEvent[]> {
  return await until(async () => {
    const [ofTask, ofJob] = await Promise.all([
      eventsNow(api, { stream: `task-${task}` }),
      eventsNow(api, { job: `task.${task}.${FIRST_RUN}` }),
    ]);
    const last = ofTask.findIndex((event) => event.type === 'TaskRunEnded');
    if (last < 0 || !ofJob.some((event) => event.type === 'JobFinished')) return undefined;
    return [...ofTask.slice(0, last + 1), ...ofJob].sort((a, b) =>
      Number(BigInt(a.position) - BigInt(b.position)),
    );
  }, 'the end of the run was not recorded');
}
