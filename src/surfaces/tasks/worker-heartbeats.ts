import type { Clock } from '#domain/kernel/ports/clock.js';
import { declareErrors, MusterError } from '#domain/kernel/errors/index.js';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { Broadcast } from '#src/messaging/index.js';
import type { WorkerHeartbeat } from './worker-contract.js';

/** Maximum number of workers that only send heartbeats. */
export const MAX_WORKERS_WITHOUT_NODE = 1000;
const FORGOTTEN_AFTER = 86_400_000;
export const MAX_HEARTBEATS = 10_000;

export const workerErrors = declareErrors({
  MUSTER_E_WORKER_NOT_FOUND: { status: 404, template: 'there is no worker {workerId}' },
  MUSTER_E_WORKER_NO_NODE: {
    status: 409,
    template: 'worker {workerId} only sends heartbeats and gets no runs, so it cannot be configured',
    hint: 'Run an agent on that machine: muster agent.',
  },
  MUSTER_E_TOO_MANY_WORKERS: {
    status: 429,
    template: 'too many workers that only send heartbeats: there are already {most}',
  },
});

export interface ReceivedHeartbeat extends WorkerHeartbeat {
  readonly at: number;
  readonly monotonic: number;
  readonly here: boolean;
}

export interface HeardWorkersOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly timeoutMs: number;
  readonly isNode: (workerId: string) => boolean;
  readonly seen?: Broadcast<WorkerSeen> | undefined;
}

/** The latest heartbeats of `POST /api/workers/{id}/heartbeat` from all servers. They are only in memory, because no decision depends on them. */
export class WorkerHeartbeats {
  readonly #heard = new Map<string, ReceivedHeartbeat>();

  constructor(private readonly options: HeardWorkersOptions) {
    options.seen?.onReceived((told) => {
      for (const { worker_id, age_ms, ...heartbeat } of told) this.#told(worker_id, heartbeat, age_ms);
    });
  }

  /** Throws `MUSTER_E_TOO_MANY_WORKERS` if the worker is not a node and the limit is exceeded. */
  heard(workerId: string, heartbeat: WorkerHeartbeat): void {
    if (!this.#keep(workerId, heartbeat, 0, true))
      throw new MusterError(workerErrors.MUSTER_E_TOO_MANY_WORKERS, { most: MAX_WORKERS_WITHOUT_NODE });
    this.options.seen?.send(workerId, { worker_id: workerId, ...heartbeat });
  }

  of(workerId: string): ReceivedHeartbeat | undefined {
    this.#forget();
    return this.#heard.get(workerId);
  }

  alone(): readonly (readonly [string, ReceivedHeartbeat])[] {
    this.#forget();
    return [...this.#heard]
      .filter(([workerId]) => !this.options.isNode(workerId))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  isSilent({ monotonic }: ReceivedHeartbeat): boolean {
    return this.options.clock.monotonic() - monotonic > this.options.timeoutMs;
  }

  #told(workerId: string, heartbeat: WorkerHeartbeat, age: number): void {
    const before = this.#heard.get(workerId);
    const older = before !== undefined && before.monotonic >= this.options.clock.monotonic() - age;
    if (!older && age <= this.options.timeoutMs) this.#keep(workerId, heartbeat, age, false);
  }

  #keep(workerId: string, heartbeat: WorkerHeartbeat, age: number, here: boolean): boolean {
    const { clock, isNode } = this.options;
    this.#forget();
    if (!this.#heard.has(workerId) && !((isNode(workerId) || this.#makeRoom(here)) && this.#letGo(here)))
      return false;
    // Reinserted at the end, so that entries are ordered by age.
    this.#heard.delete(workerId);
    this.#heard.set(workerId, {
      ...heartbeat,
      at: clock.now() - age,
      monotonic: clock.monotonic() - age,
      here,
    });
    return true;
  }

  #makeRoom(here: boolean): boolean {
    const alone = [...this.#heard].filter(([workerId]) => !this.options.isNode(workerId));
    if (alone.length < MAX_WORKERS_WITHOUT_NODE) return true;
    const [oldest] = alone.filter(([, heard]) => here || !heard.here);
    return oldest !== undefined && this.isSilent(oldest[1]) && this.#heard.delete(oldest[0]);
  }

  #letGo(here: boolean): boolean {
    if (this.#heard.size < MAX_HEARTBEATS) return true;
    const [oldest] = this.#heard;
    return oldest !== undefined && (here || !oldest[1].here) && this.#heard.delete(oldest[0]);
  }

  #forget(): void {
    const now = this.options.clock.monotonic();
    for (const [workerId, { monotonic }] of this.#heard) {
      if (now - monotonic <= FORGOTTEN_AFTER) break;
      this.#heard.delete(workerId);
    }
  }
}
