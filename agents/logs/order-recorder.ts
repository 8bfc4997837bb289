import { statSync, watch, type FSWatcher } from 'node:fs';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import { runsOf, type ObservedWrites } from './observed-writes.js';
import type { LogOrder, LogRun } from './order.js';
import type { RotatedLog } from './rotated-log.js';

const QUIET_MS = 5;
const MAX_QUIET_WAITS = 20;
/** Maximum number of stream changes to collect before examining them. */
const MAX_GATHERED = 4096;
/** Maximum number of notifications per second. A task that causes more is polled instead, so that it does not keep the agent busy. */
const MAX_PER_SECOND = 2000;
const SECOND_MS = 1000;
const LOOK_MS = 20;
const IDLE_LOOK_MS = 500;
/** Lines are only distinguished within this many bytes. The order of faster output is coarser. */
const MAX_SCANNED_BYTES = 262_144;
const NEWLINE = 10;
const STREAMS = ['stdout', 'stderr'] as const;

export interface OrderRecorderParts {
  readonly files: Readonly<Record<LogStream, string>>;
  readonly logs: Readonly<Record<LogStream, RotatedLog>>;
  readonly order: LogOrder;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

/**
 * Observes the order in which a task writes to its two files. The task writes to them directly, so its log continues without an agent. The kernel
 * notifies the agent of writes in order.
 */
export class OrderRecorder {
  readonly #parts: OrderRecorderParts;
  readonly #stopped = new AbortController();
  readonly #over: AbortSignal;
  readonly #ends: Record<LogStream, number>;
  #watchers: FSWatcher[] = [];
  #writes: ObservedWrites[] = [];
  #recording: Promise<void> | undefined;
  readonly #begun: Promise<void>;
  #looking: Promise<void>;
  #isLooking = false;
  #canWatch = true;
  #notifications = 0;
  #taking = 0;
  #isTaking = false;
  #recent = 0;
  #recentSince: number;

  constructor(parts: OrderRecorderParts) {
    this.#parts = parts;
    this.#over = AbortSignal.any([this.#stopped.signal, parts.life]);
    this.#over.addEventListener('abort', () => this.#unwatch(), { once: true });
    this.#recentSince = parts.clock.monotonic();
    this.#ends = { ...parts.order.ends };
    parts.order.onSettle(async () => await this.#recording);
    this.#begun = this.#begin();
    this.#looking = this.#begun;
    this.#watch();
  }

  async stop(): Promise<void> {
    const { order } = this.#parts;
    const stopping = this.#stop();
    order.onSettle(async () => await stopping);
    await stopping;
    order.onSettle(undefined);
  }

  async #stop(): Promise<void> {
    const { clock, life, order } = this.#parts;
    // Notifications of the last writes may not have arrived yet.
    await clock.sleep(1, life);
    this.#stopped.abort();
    await this.#looking;
    while (this.#recording !== undefined) await this.#recording;
    await this.#poll();
    order.end();
  }

  /** Records earlier output in the order in which it is returned to readers. */
  async #begin(): Promise<void> {
    const { files, logs } = this.#parts;
    const isNew = STREAMS.every(
      (stream) => (statSync(files[stream], { throwIfNoEntry: false })?.size ?? 0) === 0,
    );
    if (isNew) await Promise.all(STREAMS.map(async (stream) => await logs[stream].extent()));
    else await this.#poll();
  }

  #watch(): void {
    if (this.#over.aborted) return;
    const { files } = this.#parts;
    try {
      for (const stream of STREAMS) {
        const watcher = watch(files[stream], { persistent: false }, () => this.#notified(stream));
        this.#watchers.push(watcher);
        watcher.on('error', () => this.#lookNowAndThen());
      }
      this.#canWatch = true;
    } catch {
      this.#canWatch = false;
      this.#lookNowAndThen();
    }
  }

  #unwatch(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #notified(stream: LogStream): void {
    const { logs, clock } = this.#parts;
    const now = clock.monotonic();
    if (now - this.#recentSince > SECOND_MS) {
      this.#recent = 0;
      this.#recentSince = now;
    }
    this.#notifications += 1;
    this.#recent += 1;
    if (!this.#isTaking) {
      this.#isTaking = true;
      this.#taking += 1;
      // Notifications of the same read are handled before this runs.
      setImmediate(() => (this.#isTaking = false));
    }
    const end = logs[stream].endNow();
    const last = this.#writes.at(-1);
    if (last?.stream === stream) {
      last.end = end;
      last.count += 1;
      last.taking = this.#taking;
    } else this.#writes.push({ stream, end, taking: this.#taking, count: 1 });
    this.#recording ??= this.#record();
    if (this.#recent > MAX_PER_SECOND) this.#lookNowAndThen();
  }

  async #record(): Promise<void> {
    const { clock, logs } = this.#parts;
    await this.#begun;
    let notifications = -1;
    for (
      let waits = 0;
      waits < MAX_QUIET_WAITS && notifications !== this.#notifications && this.#writes.length < MAX_GATHERED;
      waits += 1
    ) {
      notifications = this.#notifications;
      await clock.sleep(QUIET_MS, this.#over);
    }
    const writes = this.#writes;
    this.#writes = [];
    const [stdout, stderr] = await Promise.all([logs.stdout.extent(), logs.stderr.extent()]);
    const until = { stdout: stdout.end, stderr: stderr.end };
    await this.#add(
      await runsOf(
        writes,
        this.#ends,
        until,
        async (stream, from, to) => await lineEnds(logs[stream], from, to),
      ),
    );
    this.#recording = this.#writes.length > 0 ? this.#record() : undefined;
  }

  /** Polls while the task writes too much for notifications, or if the kernel provides no notifications. */
  #lookNowAndThen(): void {
    this.#unwatch();
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { clock } = this.#parts;
    this.#looking = (async () => {
      await this.#begun;
      const until = clock.monotonic() + SECOND_MS;
      let hasGrown = true;
      while (!this.#over.aborted && clock.monotonic() < until && (hasGrown || !this.#canWatch)) {
        await clock.sleep(hasGrown ? LOOK_MS : IDLE_LOOK_MS, this.#over);
        while (this.#recording !== undefined) await this.#recording;
        hasGrown = await this.#poll();
      }
      this.#isLooking = false;
      this.#watch();
      for (const stream of STREAMS)
        if ((this.#parts.logs[stream].endNow() ?? 0) > this.#ends[stream]) this.#notified(stream);
    })();
  }

  async #poll(): Promise<boolean> {
    const { logs, order } = this.#parts;
    const runs: LogRun[] = [];
    for (const stream of order.rest) {
      const { end } = await logs[stream].extent();
      if (end > this.#ends[stream]) runs.push({ stream, end });
    }
    await this.#add(runs);
    return runs.length > 0;
  }

  async #add(runs: readonly LogRun[]): Promise<void> {
    const { order, logs } = this.#parts;
    for (const { stream, end } of runs) this.#ends[stream] = end;
    order.add(runs);
    if (!order.isTooLarge) return;
    const [stdout, stderr] = await Promise.all([logs.stdout.extent(), logs.stderr.extent()]);
    order.compact({ stdout: stdout.gaps, stderr: stderr.gaps });
  }
}

async function lineEnds(log: RotatedLog, from: number, to: number): Promise<readonly number[] | undefined> {
  if (to - from > MAX_SCANNED_BYTES) return undefined;
  const ends: number[] = [];
  for (let position = from; position < to;) {
    const part = await log.read(position, to - position).catch(() => undefined);
    if (part === undefined || part.bytes.length === 0 || part.position !== position) return undefined;
    for (let at = part.bytes.indexOf(NEWLINE); at >= 0; at = part.bytes.indexOf(NEWLINE, at + 1))
      ends.push(position + at + 1);
    position += part.bytes.length;
  }
  return ends.at(-1) === to ? ends : [...ends, to];
}
