import { systemClock } from '#agents/clock/system-clock.js';
import { explainBlocked } from '../shared/blocked.js';
import { bodyOf, type Api, type Cluster } from '../shared/client.js';
import { EXIT_NOT_PLACED, EXIT_TIMEOUT, Failure, Refusal } from '../shared/failure.js';
import { getJob } from '../shared/lookup.js';
import { JobProgress } from './job-progress.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines, type Format, warnLine } from '../shared/output.js';
import { readJob } from './job-file.js';
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

/** Milliseconds between two polls. */
const INTERVAL_MS = 100;
/** A job counts as running after this many milliseconds; one that ends sooner is reported by its result. */
const SETTLED_MS = 1_000;
const ENDED: ReadonlySet<Job['status']> = new Set(['complete', 'failed', 'dead']);

/** Submits a job and reports its progress until it runs, or until it ends with `--wait`. */
export async function runJob(file: string, options: RunOptions): Promise<void> {
  const { api, format } = connect(options);
  const job = await readJob(file);
  const submitted = await bodyOf(api.POST('/jobs', { body: job }));
  // This comes before any polling: whatever fails later, the job is submitted.
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
      ? await watch.job(({ status }) => ENDED.has(status))
      : await watch.start();
  show(format, submitted, evaluation, shown);
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
 * Explains why the deployment failed; undefined if it did not. After a failed deployment that was reverted,
 * the job shows the previous version again, so the reason comes from the deployment list.
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
  return `the deployment of version ${reverts} failed, and was reverted as version ${version}: ${why}`;
}

function show(format: Format, submitted: Submitted, evaluation: Evaluation, job: Job): void {
  if (format === 'json') {
    printJson({ ...submitted, evaluation, job });
    return;
  }
  printFields([
    ['Evaluation', `${submitted.evaluation_id} ${evaluation.status}`],
    ['Status', job.status],
  ]);
  printLines(['', ...allocationTable(job)]);
}

/** Polls a submitted job until a deadline, through passing failures of the server. */
class JobPoller {
  readonly #progress = new JobProgress(tell);
  #trouble: string | undefined;

  constructor(
    private readonly api: Api,
    private readonly submitted: Submitted,
    private readonly deadline: number,
  ) {}

  /** Waits until the evaluation has a decision. */
  async evaluation(): Promise<Evaluation> {
    const path = { evaluation_id: this.submitted.evaluation_id };
    return await this.#until(
      () => bodyOf(this.api.GET('/evaluations/{evaluation_id}', { params: { path } })),
      ({ status }) => status !== 'pending',
      'its evaluation',
    );
  }

  /** Waits until the job satisfies `done`. */
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

  /** Waits until the job has run for {@link SETTLED_MS} or ended. A version that is deployed over another one has started once its deployment is over. */
  async start(): Promise<Job> {
    let since: number | undefined;
    return await this.job(({ status, deployment }) => {
      if (deployment !== undefined && status !== 'dead')
        return deployment.reverts !== null || deployment.status !== 'running';
      if (status !== 'running') since = undefined;
      else since ??= systemClock.monotonic();
      return (
        ENDED.has(status) ||
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

  /** Returns undefined while the server cannot answer. */
  async #tolerant<Body>(ask: () => Promise<Body>): Promise<Body | undefined> {
    try {
      const body = await ask();
      this.#trouble = undefined;
      return body;
    } catch (error) {
      // A job that was just submitted may not be in the read model yet.
      if (!(error instanceof Refusal) || !(error.isPassing || error.httpStatus === 404)) throw error;
      if (error.isPassing && error.message !== this.#trouble)
        tell(`the server cannot answer now, retrying: ${error.message}`);
      this.#trouble = error.message;
      return undefined;
    }
  }
}

/** The first non-zero exit code among the tasks of the newest allocation, as `docker run` returns it; 1 if unknown. */
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
