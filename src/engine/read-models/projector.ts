import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { systemClock } from '#agents/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import { watchThread } from '#src/engine/metrics/index.js';
import type { ChangedModels } from './engine.js';
import type { ModelsPlace } from './place.js';
import { PositionWaiters } from './position-waiters.js';
import type { ProjectorOrder, ProjectorReport, ProjectorStart, WireError } from './projector-messages.js';
import type { PositionSource } from './sqlite/sqlite-read-models.js';
import { fromWire } from './wire-error.js';

export interface ProjectorOptions {
  /** A handle of the event store for this thread: `store.handle()`. */
  readonly eventStoreHandle: EventStoreHandle;
  /** Entry module of the thread: it calls `runProjector` with every projection. */
  readonly entry: URL;
  readonly directory: string;
  readonly place?: ModelsPlace;
  readonly clock?: Clock;
}

export interface ProjectorStatus {
  /** Position that every model has folded; -1 if nothing was. */
  readonly position: bigint;
  /** Whether every model exists and has once reached the end of the log. */
  readonly caughtUp: boolean;
  /** Age of the newest event when it was committed to the models, in milliseconds. Waiting for the models is useless if this exceeds the timeout. */
  readonly lagMs: number;
  readonly parked: Readonly<Record<string, number>>;
  readonly building: Readonly<Record<string, bigint>>;
  /** The dependency that is away, if any; the projector resumes by itself. */
  readonly waitsFor: string | undefined;
  /** Why the fold has stopped; undefined while it runs. */
  readonly problem: MusterError | undefined;
}

/** The thread that fills the read models, as seen from the main thread. */
export interface Projector extends PositionSource {
  readonly status: ProjectorStatus;
  /** Resolves when every model exists and has reached the end of the log; rejects if the projector stops before. */
  readonly ready: Promise<void>;
  /** Resolves with the reason when it has stopped by itself for good. */
  readonly stopped: Promise<MusterError>;
  /** Rebuilds a model while the old one serves; resolves once it is replaced. */
  rebuild(model: string): Promise<void>;
  damaged(): void;
  /** Resolves when the thread has responded, even if it waits for a dependency. */
  ask(): Promise<void>;
  onReplaced(listener: () => void): void;
  close(): Promise<void>;
}

export function startProjector(options: ProjectorOptions): Projector {
  return new ProjectorThread(options);
}

const AT_START: ProjectorStatus = {
  position: -1n,
  caughtUp: false,
  lagMs: 0,
  parked: {},
  building: {},
  waitsFor: undefined,
  problem: undefined,
};

class ProjectorThread implements Projector {
  readonly ready: Promise<void>;
  readonly stopped: Promise<MusterError>;
  readonly #worker: Worker;
  readonly #waiters: PositionWaiters;
  readonly #rebuilds = new Map<number, (error?: WireError) => void>();
  readonly #replaced = new Set<() => void>();
  #asking: (() => void)[] = [];
  #requests = 0;
  #wanted = -1n;
  #status = AT_START;
  #fills = false;
  #isReady: () => void = () => undefined;
  #hasStopped: (error: MusterError) => void = () => undefined;
  #exited = false;

  constructor({
    eventStoreHandle: events,
    entry,
    directory,
    place = { kind: 'sqlite', directory },
    clock = systemClock,
  }: ProjectorOptions) {
    this.#waiters = new PositionWaiters(clock);
    this.stopped = new Promise((resolve) => {
      this.#hasStopped = resolve;
    });
    this.ready = Promise.race([
      new Promise<void>((resolve) => {
        this.#isReady = resolve;
      }),
      this.stopped.then((error) => Promise.reject(error)),
    ]);
    this.ready.catch(() => undefined);
    this.#worker = new Worker(entry, {
      name: 'projector',
      // Without the loaders that this process may run under: they cost a second, and this thread runs compiled code.
      execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
      // A batch holds many documents for a short time: with a small nursery they would all be copied into the old space.
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
      workerData: { events, place } satisfies ProjectorStart,
      transferList: transferables(events),
    });
    watchThread('projector', this.#worker);
    this.#worker.on('message', (report: ProjectorReport) => {
      this.#heard(report);
    });
    this.#worker.on('error', (error) => {
      this.#stop(
        fromWire({ message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) }),
      );
    });
    this.#worker.on('exit', () => {
      this.#exited = true;
      this.#stop(
        new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
          model: 'all',
          problem: 'the projector has ended',
        }),
      );
    });
  }

  get status(): ProjectorStatus {
    return this.#status;
  }

  get position(): bigint {
    return this.#status.position;
  }

  get fills(): boolean {
    return this.#fills;
  }

  waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (position > this.#status.position && position > this.#wanted) {
      this.#wanted = position;
      this.#order({ kind: 'want', position });
    }
    return this.#waiters.waitFor(position, timeoutMs);
  }

  onMoved(listener: (changed: ChangedModels) => void): () => void {
    return this.#waiters.onMoved(listener);
  }

  rebuild(model: string): Promise<void> {
    if (this.#exited) return Promise.reject(this.#status.problem ?? new Error('the projector has ended'));
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve, reject) => {
      this.#rebuilds.set(request, (error) => {
        this.#rebuilds.delete(request);
        if (error === undefined) resolve();
        else reject(fromWire(error));
      });
      this.#order({ kind: 'rebuild', model, request });
    });
  }

  damaged(): void {
    this.#order({ kind: 'damaged' });
  }

  ask(): Promise<void> {
    if (this.#exited) return Promise.reject(new Error('the projector has ended'));
    return new Promise((resolve) => {
      this.#asking.push(resolve);
      this.#order({ kind: 'ask' });
    });
  }

  onReplaced(listener: () => void): void {
    this.#replaced.add(listener);
  }

  async close(): Promise<void> {
    this.#waiters.close();
    if (this.#exited) return;
    const exit = once(this.#worker, 'exit');
    this.#order({ kind: 'close' });
    await exit;
  }

  #order(order: ProjectorOrder): void {
    this.#worker.postMessage(order);
  }

  #heard(report: ProjectorReport): void {
    switch (report.kind) {
      case 'alive':
        for (const answered of this.#asking) answered();
        this.#asking = [];
        return;
      case 'waiting':
        this.#status = { ...this.#status, waitsFor: report.problem };
        return;
      case 'opened':
        this.#status = { ...this.#status, waitsFor: undefined };
        for (const listener of this.#replaced) listener();
        return;
      case 'progress':
        this.#status = {
          ...report.progress,
          lagMs: report.lagMs,
          waitsFor: undefined,
          problem: this.#status.problem,
        };
        this.#fills = !report.watched;
        this.#waiters.reached(report.progress.position, report.changed);
        if (report.progress.caughtUp) this.#isReady();
        return;
      case 'rebuilt':
        this.#rebuilds.get(report.request)?.(report.error);
        return;
      case 'stopped':
        this.#stop(fromWire(report.error));
    }
  }

  #stop(problem: MusterError): void {
    if (this.#status.problem !== undefined) return;
    this.#status = { ...this.#status, caughtUp: false, problem };
    this.#fills = false;
    this.#waiters.close();
    for (const settle of [...this.#rebuilds.values()])
      settle({ message: problem.message, code: problem.code, fields: problem.fields });
    this.#hasStopped(problem);
  }
}
