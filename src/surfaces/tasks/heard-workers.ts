import type { Clock } from '#domain/ports/clock.js';
import { declareErrors, MusterError } from '#domain/errors/index.js';
import type { WorkerHeartbeat } from './worker-contract.js';

/** Workers that are known by their heartbeats alone. */
export const MAX_HEARD = 1000;
const FORGOTTEN_AFTER = 86_400_000;
/** Nodes of which a heartbeat is kept: it is telemetry, and the oldest goes. */
const MAX_KEPT = 10_000;

export const workerErrors = declareErrors({
  MUSTER_E_WORKER_NOT_FOUND: { status: 404, template: 'there is no worker {workerId}' },
  MUSTER_E_WORKER_NO_NODE: {
    status: 409,
    template: 'the worker {workerId} only sends heartbeats, and is given no runs: there is nothing to set',
    hint: 'Run an agent there: muster agent.',
  },
  MUSTER_E_TOO_MANY_WORKERS: { status: 429, template: 'no more workers that only send heartbeats are taken: {most} are heard' },
});

/** The newest heartbeat of a worker. */
export interface HeardWorker extends WorkerHeartbeat {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly monotonic: number;
}

export interface HeardWorkersOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Silence after which a worker is offline, in milliseconds. */
  readonly timeoutMs: number;
  readonly isNode: (workerId: string) => boolean;
}

/** What `POST /api/workers/{id}/heartbeat` said, newest. In memory only: no fact rests on it. */
export class HeardWorkers {
  readonly #heard = new Map<string, HeardWorker>();

  constructor(private readonly options: HeardWorkersOptions) {}

  /** Errors: `MUSTER_E_TOO_MANY_WORKERS` of one that is no node, where too many such are heard. */
  heard(workerId: string, heartbeat: WorkerHeartbeat): void {
    const { clock, isNode } = this.options;
    this.#forget();
    if (!this.#heard.has(workerId) && !isNode(workerId)) this.#makeRoom();
    // The newest stand last.
    this.#heard.delete(workerId);
    this.#heard.set(workerId, { ...heartbeat, at: clock.now(), monotonic: clock.monotonic() });
    const [oldest] = this.#heard.keys();
    if (this.#heard.size > MAX_KEPT && oldest !== undefined) this.#heard.delete(oldest);
  }

  /** What was heard of a node, or of a worker that is none. */
  of(workerId: string): HeardWorker | undefined {
    this.#forget();
    return this.#heard.get(workerId);
  }

  /** Those that are no nodes, by id. */
  alone(): readonly (readonly [string, HeardWorker])[] {
    this.#forget();
    return [...this.#heard].filter(([workerId]) => !this.options.isNode(workerId)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  isSilent({ monotonic }: HeardWorker): boolean {
    return this.options.clock.monotonic() - monotonic > this.options.timeoutMs;
  }

  /** The one that was silent longest makes room for another. */
  #makeRoom(): void {
    const alone = [...this.#heard].filter(([workerId]) => !this.options.isNode(workerId));
    if (alone.length < MAX_HEARD) return;
    const [oldest] = alone;
    if (oldest === undefined || !this.isSilent(oldest[1])) throw new MusterError(workerErrors.MUSTER_E_TOO_MANY_WORKERS, { most: MAX_HEARD });
    this.#heard.delete(oldest[0]);
  }

  #forget(): void {
    const now = this.options.clock.monotonic();
    for (const [workerId, { monotonic }] of this.#heard) {
      if (now - monotonic <= FORGOTTEN_AFTER) break;
      this.#heard.delete(workerId);
    }
  }
}
