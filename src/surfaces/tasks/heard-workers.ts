import type { Clock } from '#domain/ports/clock.js';
import { declareErrors, MusterError } from '#domain/errors/index.js';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { Broadcast } from '#src/engine/messaging/index.js';
import type { WorkerHeartbeat } from './worker-contract.js';

/** Workers that are known by their heartbeats alone. */
export const MAX_HEARD = 1000;
const FORGOTTEN_AFTER = 86_400_000;
/** Nodes of which a heartbeat is kept: it is telemetry, and the oldest goes. */
export const MAX_KEPT = 10_000;

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
  /** This server itself heard it. */
  readonly here: boolean;
}

export interface HeardWorkersOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Silence after which a worker is offline, in milliseconds. */
  readonly timeoutMs: number;
  readonly isNode: (workerId: string) => boolean;
  /** By which servers tell each other. Undefined: this one hears alone. */
  readonly seen?: Broadcast<WorkerSeen> | undefined;
}

/** What `POST /api/workers/{id}/heartbeat` said, newest, to this server or another. In memory only: no fact rests on it. */
export class HeardWorkers {
  readonly #heard = new Map<string, HeardWorker>();

  constructor(private readonly options: HeardWorkersOptions) {
    options.seen?.onTold((told) => {
      for (const { worker_id, age_ms, ...heartbeat } of told) this.#told(worker_id, heartbeat, age_ms);
    });
  }

  /** Errors: `MUSTER_E_TOO_MANY_WORKERS` of one that is no node, where too many such are heard. */
  heard(workerId: string, heartbeat: WorkerHeartbeat): void {
    if (!this.#keep(workerId, heartbeat, 0, true)) throw new MusterError(workerErrors.MUSTER_E_TOO_MANY_WORKERS, { most: MAX_HEARD });
    this.options.seen?.tell(workerId, { worker_id: workerId, ...heartbeat });
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

  /** Another server heard it. What is older than the silence of those who are offline says nothing new. */
  #told(workerId: string, heartbeat: WorkerHeartbeat, age: number): void {
    const before = this.#heard.get(workerId);
    const older = before !== undefined && before.monotonic >= this.options.clock.monotonic() - age;
    if (!older && age <= this.options.timeoutMs) this.#keep(workerId, heartbeat, age, false);
  }

  /** False: there is no room for it. */
  #keep(workerId: string, heartbeat: WorkerHeartbeat, age: number, here: boolean): boolean {
    const { clock, isNode } = this.options;
    this.#forget();
    if (!this.#heard.has(workerId) && !((isNode(workerId) || this.#makeRoom(here)) && this.#letGo(here))) return false;
    // The newest stand last.
    this.#heard.delete(workerId);
    this.#heard.set(workerId, { ...heartbeat, at: clock.now() - age, monotonic: clock.monotonic() - age, here });
    return true;
  }

  /** The one that was silent longest makes room for another; who was heard here does so only for whom this server hears itself. */
  #makeRoom(here: boolean): boolean {
    const alone = [...this.#heard].filter(([workerId]) => !this.options.isNode(workerId));
    if (alone.length < MAX_HEARD) return true;
    const [oldest] = alone.filter(([, heard]) => here || !heard.here);
    return oldest !== undefined && this.isSilent(oldest[1]) && this.#heard.delete(oldest[0]);
  }

  /** The same where too many are kept, silent or not. */
  #letGo(here: boolean): boolean {
    if (this.#heard.size < MAX_KEPT) return true;
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
