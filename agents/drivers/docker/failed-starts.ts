import type { Clock } from '#domain/kernel/ports/clock.js';
import { DOCKER_FAULT, GPU_FAULT } from '#domain/drivers/start-fault.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import { TaskRefusedError, TaskStartError } from '../driver.js';
import { isFull } from './container-files.js';
import { gpuFault, lacksSpace, NO_SPACE, nodeFault } from './daemon-problem.js';
import { daemonMessage } from './docker-error.js';

const WINDOW_MS = 600_000;
const MAX_FAILURES = 3;

/**
 * A start of a container. After a request without a response, or an error of the daemon's own connections, the container may be running, so another node
 * must not get the task unless it is known not to have been started.
 */
export interface Attempt {
  readonly hasGpus: boolean;
  mayHaveStarted: boolean;
}

export const NO_ATTEMPT: Attempt = { hasGpus: false, mayHaveStarted: false };

interface Failure {
  readonly at: number;
  readonly fault: string;
}

/**
 * Starts of containers that failed because of the node. After several of them, the node takes no new work of the kind (containers, or those with GPUs) for
 * a while, or until one succeeds.
 */
export class FailedStarts {
  /** The daemon's, as its fingerprint has it. */
  rootDirectory: unknown;
  #containers: readonly Failure[] = [];
  #gpus: readonly Failure[] = [];

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /**
   * Returns the error of a failed start that another node may not have, so that the task is placed again. Undefined if it has another reason. `said`:
   * message of the daemon, which may have words of the task. `status`: of its response, if it was one.
   */
  refusal(said: string, hasGpus: boolean, status = 500): TaskRefusedError | undefined {
    if (status < 500) return undefined;
    const ofGpus = hasGpus ? gpuFault(said) : undefined;
    if (ofGpus !== undefined) {
      this.#gpus = this.#with(this.#gpus, ofGpus);
      return new TaskRefusedError(`this node cannot give it GPUs: ${ofGpus}`);
    }
    const fault = nodeFault(said);
    return fault === undefined ? undefined : this.failed(fault);
  }

  /** Returns the error of a failed pull. If the disk of the daemon is full, another node may have room for the image. */
  async afterPull(error: unknown): Promise<unknown> {
    const said = error instanceof TaskStartError ? daemonMessage(error.cause) : '';
    return lacksSpace(said) && (await isFull(this.rootDirectory)) ? this.failed(NO_SPACE) : error;
  }

  /** Counts a start that failed because the node cannot start containers, and returns its error. */
  failed(fault: string): TaskRefusedError {
    this.#containers = this.#with(this.#containers, fault);
    return new TaskRefusedError(`this node cannot start containers: ${fault}`);
  }

  succeeded(hasGpus: boolean): void {
    this.#containers = [];
    if (hasGpus) this.#gpus = [];
  }

  attributes(): NodeAttributes {
    const ofContainers = this.#faultOf(this.#containers, 'starts');
    const ofGpus = this.#faultOf(this.#gpus, 'starts with GPUs');
    return {
      ...(ofContainers !== undefined && { [DOCKER_FAULT]: ofContainers }),
      ...(ofGpus !== undefined && { [GPU_FAULT]: ofGpus }),
    };
  }

  #with(failures: readonly Failure[], fault: string): readonly Failure[] {
    return [...failures, { at: this.clock.monotonic(), fault }].slice(-MAX_FAILURES);
  }

  #faultOf(failures: readonly Failure[], what: string): string | undefined {
    const now = this.clock.monotonic();
    const recent = failures.filter(({ at }) => now - at < WINDOW_MS);
    const fault = recent.at(-1)?.fault;
    return recent.length < MAX_FAILURES || fault === undefined
      ? undefined
      : `${MAX_FAILURES} ${what} failed within ${WINDOW_MS / 60_000} minutes: ${fault}`;
  }
}
