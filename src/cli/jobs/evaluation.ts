import type { Command } from 'commander';
import { bodyOf, textOf, type Audit } from '../shared/client.js';
import { connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { timeOf } from '../shared/since.js';
import { textLines } from '../shared/text-lines.js';
import { connect, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { EVALUATION_LIST, evaluationPage, type Decision } from './evaluation-view.js';

interface EvaluationsOptions extends ListOptions {
  readonly job?: string;
  readonly since?: string;
}

type DecisionEvent = Audit['EvaluationBlockedEvent'] | Audit['EvaluationCompletedEvent'];

/** How many evaluations are shown without `--limit`. */
const USUAL = 20;
/** How many evaluations are read at most if they are to be sorted or filtered. */
const MOST = 1000;

export function addEvaluationCommands(program: Command): void {
  const evaluation = program.command('eval').description('inspect scheduling decisions');
  remoteList(evaluation.command('list'), EVALUATION_LIST)
    .description(
      `list evaluations, with the latest decision of each, newest first (the newest ${USUAL} without --limit)`,
    )
    .option('--job <job>', 'only evaluations of this job, by its full id')
    .option('--since <time>', 'only decisions since this time, such as 14:32, or relative, such as 2h')
    .action(list);
  remoteRead(evaluation.command('status <evaluation>'))
    .description('show what an evaluation decided, and why')
    .action(async (id: string, options: RemoteOptions) => {
      const { api, format } = connect(options);
      const body = await bodyOf(
        api.GET('/evaluations/{evaluation_id}', { params: { path: { evaluation_id: id } } }),
      );
      if (format === 'json') printJson(body);
      else printLines(evaluationPage(body));
    });
}

/** Lists evaluations from the record, which has all of them. The job itself retains only a few. */
async function list({ job, since, ...options }: EvaluationsOptions): Promise<void> {
  const { limit = USUAL, prefix, status, sort } = options;
  const isWhole = [prefix, status, sort].some((each) => each !== undefined);
  const most = isWhole ? MOST : limit + 1;
  const stop = new AbortController();
  const query = {
    type: 'EvaluationBlocked,EvaluationCompleted',
    direction: 'backwards' as const,
    format: 'ndjson' as const,
    ...(job !== undefined && { job }),
    ...(since !== undefined && { since: new Date(timeOf(since)).toISOString() }),
  };
  const api = connectList(options);
  const answer = api.GET('/audit/events', { params: { query }, parseAs: 'stream', signal: stop.signal });
  const found = new Map<string, Decision>();
  for await (const line of textLines(textOf(answer))) {
    const { type, at, data } = JSON.parse(line) as DecisionEvent;
    const { evaluationId: id, jobId, triggers } = data;
    // The newest decision comes first.
    if (!found.has(id))
      found.set(id, {
        id,
        jobId,
        status: type === 'EvaluationBlocked' ? 'blocked' : 'complete',
        triggers,
        time: at,
      });
    if (found.size >= most) break;
  }
  stop.abort();
  await printList(EVALUATION_LIST, { ...options, limit }, [...found.values()], (shown) => ({
    evaluations: shown.map(({ id, jobId, ...rest }) => ({ evaluation_id: id, job_id: jobId, ...rest })),
    count: shown.length,
  }));
}
