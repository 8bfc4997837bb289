import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import { watchThread } from '#src/engine/metrics/index.js';
import type { ModelsPlace } from './place.js';
import { PositionWaiters } from './position-waiters.js';
import type { ProjectorOrder, ProjectorReport, ProjectorStart, WireError } from './projector-messages.js';
import type { PositionSource } from './position-source.js';
import { fromWire } from './wire-error.js';

export interface ProjectorOptions {
  readonly eventStoreHandle: EventStoreHandle;
  readonly entry: URL;
  readonly directory: string;
  readonly place?: ModelsPlace;
  /** Name of the thread. @default 'projector' */
  readonly name?: string;
  readonly clock?: Clock;
}

export interface ProjectorStatus {
  readonly position: bigint;
  readonly caughtUp: boolean;
  /** Age of the newest event when it was committed to the models, in milliseconds. If it exceeds the timeout, waiting for the models is useless. */
  readonly lagMs: number;
  readonly parked: Readonly<Record<string, number>>;
  readonly building: Readonly<Record<string, bigint>>;
  readonly waitsFor: string | undefined;
  readonly problem: MusterError | undefined;
}

export interface Projector extends PositionSource {
  readonly status: ProjectorStatus;
  readonly ready: Promise<void>;
  readonly stopped: Promise<MusterError>;
  rebuild(model: string): Promise<void>;
  damaged(): void;
  /** Resolves when the thread has responded, even if the thread is waiting for a dependency. */
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
    name = 'projector',
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
      name,
      // Omits the loaders of this process, if any. They take a second to start, and this thread runs compiled code.
      execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
      // A batch holds many documents for a short time. If the young generation were small, they would all be copied into the old one.
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
      workerData: { events, place } satisfies ProjectorStart,
      transferList: transferables(events),
    });
    watchThread(name, this.#worker);
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
        // `waitsFor` is only reset once the models advance, because they may fail again before that.
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
