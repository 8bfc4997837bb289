import { systemClock } from '#agents/platform/clock/system-clock.js';
import { explainBlocked } from '../shared/blocked.js';
import { bodyOf, type Api, type Cluster } from '../shared/client.js';
import { EXIT_NOT_PLACED, EXIT_TIMEOUT, Failure, Refusal } from '../shared/failure.js';
import { getJob } from '../shared/lookup.js';
import { JOB_ENDED } from './job-ended.js';
import { JobProgress } from './job-progress.js';
import { connect, type Connection, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines, warnLine } from '../shared/output.js';
import { readJob } from './job-file.js';
import { unchangedComplete } from './unchanged-complete.js';
import { explainFailures } from './failures-view.js';
import { allocationTable } from './job-view.js';

export interface RunOptions extends RemoteOptions {
  readonly detach?: boolean;
  readonly wait?: boolean;
  readonly timeout: string;
}

type Job = Cluster['Job'];
type Evaluation = Cluster['Evaluation'];
type Submitted = Cluster['Evaluated'];

/** Poll interval, in milliseconds. */
const INTERVAL_MS = 100;
/** A job that has run for this many milliseconds is reported as running. A job that ends sooner is reported with its result. */
const SETTLED_MS = 1_000;

/** Submits a job and reports its progress until it is running or, with `--wait`, until it ends. */
export async function runJob(file: string, options: RunOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const job = await readJob(file);
  const complete = await unchangedComplete(
    api,
    (job as Partial<typeof job> | null)?.job_id,
    async () => await bodyOf(api.POST('/jobs/plan', { body: job })),
  );
  if (complete !== undefined) {
    if (format === 'json') printJson({ job: complete });
    else
      printFields([
        ['Job', complete.job_id],
        ['Status', 'complete, and the file is unchanged: nothing to run'],
        ['Run it again', `muster job restart ${complete.job_id}`],
      ]);
    return;
  }
  const submitted = await bodyOf(api.POST('/jobs', { body: job }));
  if (format === 'table')
    printFields([
      ['Job', submitted.job_id],
      ['Evaluation', submitted.evaluation_id],
    ]);
  else tell(`job ${submitted.job_id}, evaluation ${submitted.evaluation_id}`);
  if (options.detach === true) {
    if (format === 'json') printJson(submitted);
    return;
  }
  const watch = new JobPoller(api, submitted, systemClock.monotonic() + Number(options.timeout) * 1000);
  const evaluation = await watch.evaluation();
  const blocked = evaluation.status === 'blocked' && options.wait !== true;
  const shown = blocked
    ? await watch.job(() => true)
    : options.wait === true
      ? await watch.job(({ status }) => JOB_ENDED.has(status))
      : await watch.start();
  show({ format, look }, submitted, evaluation, shown);
  if (blocked)
    throw new Failure(
      `not all allocations could be placed:\n${explainBlocked(evaluation.reasons ?? {}).join('\n')}`,
      EXIT_NOT_PLACED,
    );
  const undone = await failedDeployment(api, shown);
  if (undone !== undefined) throw new Failure(undone);
  if (shown.status === 'failed' || (options.wait === true && shown.status !== 'complete')) {
    const why = [`job ${shown.job_id} is ${shown.status}`, ...explainFailures(shown)].join('\n');
    throw new Failure(why, options.wait === true ? exitCodeOf(shown) : 1);
  }
}

/**
 * Explains why the deployment failed. Returns undefined if it did not. After a failed deployment was reverted, the job shows the previous version
 * again, so the reason is read from the deployment list.
 */
async function failedDeployment(api: Api, { job_id, deployment }: Job): Promise<string | undefined> {
  if (deployment === undefined) return undefined;
  const { version, status, reason, reverts } = deployment;
  if (reverts === null)
    return status === 'failed'
      ? `the deployment of version ${version} failed: ${reason?.message ?? ''}`
      : undefined;
  const { deployments } = await bodyOf(
    api.GET('/jobs/{job_id}/deployments', { params: { path: { job_id } } }),
  );
  const why = deployments.find((each) => each.version === reverts)?.reason?.message ?? '';
  return `the deployment of version ${reverts} failed and was reverted by version ${version}: ${why}`;
}

function show(
  { format, look }: Pick<Connection, 'format' | 'look'>,
  submitted: Submitted,
  evaluation: Evaluation,
  job: Job,
): void {
  if (format === 'json') {
    printJson({ ...submitted, evaluation, job });
    return;
  }
  printFields([
    ['Evaluation', `${submitted.evaluation_id} ${evaluation.status}`],
    ['Status', job.status],
  ]);
  printLines(['', ...allocationTable(job, look)]);
}

class JobPoller {
  readonly #progress = new JobProgress(tell);
  #trouble: string | undefined;

  constructor(
    private readonly api: Api,
    private readonly submitted: Submitted,
    private readonly deadline: number,
  ) {}

  async evaluation(): Promise<Evaluation> {
    const path = { evaluation_id: this.submitted.evaluation_id };
    return await this.#until(
      () => bodyOf(this.api.GET('/evaluations/{evaluation_id}', { params: { path } })),
      ({ status }) => status !== 'pending',
      'its evaluation',
    );
  }

  async job(done: (job: Job) => boolean): Promise<Job> {
    return await this.#until(
      async () => {
        const job = await getJob(this.api, this.submitted.job_id);
        this.#progress.saw(job);
        return job;
      },
      done,
      'the job',
    );
  }

  async start(): Promise<Job> {
    let since: number | undefined;
    return await this.job(({ status, deployment }) => {
      if (deployment !== undefined && status !== 'dead')
        return deployment.reverts !== null || deployment.status !== 'running';
      if (status !== 'running') since = undefined;
      else since ??= systemClock.monotonic();
      return (
        JOB_ENDED.has(status) ||
        status === 'blocked' ||
        (since !== undefined && systemClock.monotonic() - since >= SETTLED_MS)
      );
    });
  }

  async #until<Body>(ask: () => Promise<Body>, done: (body: Body) => boolean, what: string): Promise<Body> {
    for (;;) {
      const body = await this.#tolerant(ask);
      if (body !== undefined && done(body)) return body;
      if (systemClock.monotonic() > this.deadline)
        throw new Failure(
          `gave up waiting for ${what}${this.#trouble === undefined ? '' : `: ${this.#trouble}`}`,
          EXIT_TIMEOUT,
        );
      await systemClock.sleep(INTERVAL_MS);
    }
  }

  /** Returns undefined while the server cannot respond, and after a 404. */
  async #tolerant<Body>(ask: () => Promise<Body>): Promise<Body | undefined> {
    try {
      const body = await ask();
      this.#trouble = undefined;
      return body;
    } catch (error) {
      if (!(error instanceof Refusal) || !(error.isPassing || error.httpStatus === 404)) throw error;
      if (error.isPassing && error.message !== this.#trouble)
        tell(`the server is unavailable, retrying: ${error.message}`);
      this.#trouble = error.message;
      return undefined;
    }
  }
}

/** Returns the first non-zero exit code of a task, newest allocation first, as `docker run` returns it. Returns 1 if there is none. */
function exitCodeOf(job: Job): number {
  for (const allocation of [...job.allocations].reverse()) {
    for (const task of Object.values(allocation.tasks ?? {})) {
      if (task.exit_code !== null && task.exit_code !== 0) return task.exit_code & 0xff || 1;
    }
  }
  return 1;
}

function tell(line: string): void {
  warnLine(line);
}
