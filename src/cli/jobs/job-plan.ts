import { bodyOf, type Cluster } from '../shared/client.js';
import { EXIT_PLAN_CHANGES, EXIT_PLAN_FAILED, failingAs } from '../shared/failure.js';
import { unchangedComplete } from './unchanged-complete.js';
import { connect, type Connection, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { changeLines, dryRunLines, isIdle } from './dry-run-view.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface PlanOptions extends RemoteOptions {
  readonly limit?: string;
}

const CHANGES: Readonly<Record<Cluster['JobPlan']['change'], string>> = {
  begin: 'would be created',
  update: 'would be updated',
  restart: 'would be restarted',
  none: 'no change',
};

/** Returns whether an update takes effect without a stop or a new placement. */
function staysInPlace({ change, groups }: Cluster['JobPlan']): boolean {
  return change === 'update' && isIdle(groups) && groups.some(({ kept }) => kept > 0);
}

/** Shows what `job run` would do with a file. Uses the same exit codes as `nomad job plan`. */
export async function planJob(file: string, { limit, ...options }: PlanOptions): Promise<void> {
  const { plan, complete } = await failingAs(EXIT_PLAN_FAILED, async () => {
    const { api } = connect(options);
    const { readJob } = await import('./job-file.js');
    const body = await readJob(file);
    const query = limit === undefined ? {} : { limit: wholeNumber(limit, '--limit') };
    const planned = await bodyOf(api.POST('/jobs/plan', { body, params: { query } }));
    return { plan: planned, complete: await unchangedComplete(api, planned.job_id, async () => planned) };
  });
  if (complete === undefined) printPlan(plan, connect(options));
  else if (connect(options).format === 'json') printJson(plan);
  else
    printFields([
      ['Job', plan.job_id],
      ['Plan', `${CHANGES.none}: the job is complete`],
    ]);
}

/** Prints a plan, and sets the exit code to {@link EXIT_PLAN_CHANGES} if allocations would be placed or stopped. */
export function printPlan(
  plan: Cluster['JobPlan'],
  { format, look }: Pick<Connection, 'format' | 'look'>,
): void {
  if (format === 'json') printJson(plan);
  else {
    printFields([
      ['Job', plan.job_id],
      ['Plan', staysInPlace(plan) ? 'would be updated in place' : CHANGES[plan.change]],
    ]);
    printLines([
      ...(plan.changes.length === 0 ? [] : ['', ...changeLines(plan.changes, look)]),
      '',
      ...dryRunLines(plan.groups, look),
    ]);
  }
  if (!isIdle(plan.groups)) process.exitCode = EXIT_PLAN_CHANGES;
}
