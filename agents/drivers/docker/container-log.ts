import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { BothLogs } from '../../logs/both-logs.js';
import type { OpenLogs } from '../../logs/open-logs.js';
import type { RotatedLog } from '../../logs/rotated-log.js';
import { daemonBackOff } from './daemon-back-off.js';
import { openStream } from './daemon-stream.js';
import { isUnreachable, statusOf } from './docker-error.js';
import { LastEntrySearch } from './last-entry-search.js';
import { LogEntries, UnreadableLogError, type LogEntry } from './log-entries.js';
import { logFilesOf } from './log-files.js';
import { entriesWith, LogProgress } from './log-progress.js';
import { newestTimeOf, SKEW_MS, sinceOf, type ReadingState } from './reading-state.js';

const READ_MS = 100;
const IDLE_READ_MS = 60_000;
/** If a read returns more than this, the next read starts immediately, because the container writes fast. */
const LARGE_READ_BYTES = 262_144;
const FLUSH_BYTES = 65_536;
/** How many of the last entries to search for the newest known one. If more entries were added, all entries since its time are read. */
const FEW_ENTRIES = 1024;
const MAX_FAILURES = 5;
const NEWLINE = 10;
const STREAMS = ['stdout', 'stderr'] as const;
const LOST = '-- muster: Docker dropped a part of this log before it was read; how much is unknown --\n';

export interface ContainerLogParts {
  readonly docker: Docker;
  readonly id: string;
  readonly tty: boolean;
  readonly folder: string;
  readonly opened: OpenLogs;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

/**
 * Copies a container's log from Docker into Muster's own rotated files. Docker stores the newest 50 MiB, silently drops older data, and does not
 * report to followers what they missed. So each read requests the end of the log, or everything since a time, and continues after the newest known
 * entry, which is identified by its time and its index among entries with that time. If it no longer exists, a line reports the loss. Docker's stream
 * of new entries only triggers the next read. After a crash, the next agent continues from the end of the files, without duplicates or gaps.
 */
export class ContainerLog {
  readonly finished: Promise<void>;
  readonly #parts: ContainerLogParts;
  readonly #logs: BothLogs;
  readonly #progress: LogProgress;
  #state: ReadingState | undefined;
  #entriesToAsk = FEW_ENTRIES / 16;
  #bytesWritten = 0;
  /** Position of the log at which Docker's message that it cannot read on was last noted. */
  #notedAt = -1;
  #pending: { readonly stream: LogStream; readonly time: number; readonly bytes: Buffer }[] = [];
  #pendingBytes = 0;
  /** Time of the newest entry, in milliseconds. */
  #newest = 0;
  #mayHaveMore = true;
  #hasEnded = false;
  #isComplete = false;
  #wake = new AbortController();
  #hurry = new AbortController();
  #waiting: (() => void)[] = [];

  constructor(parts: ContainerLogParts) {
    this.#parts = parts;
    const files = logFilesOf(parts.folder);
    this.#logs = new BothLogs({
      stdout: parts.opened.log(files.stdout),
      stderr: parts.opened.log(files.stderr),
    });
    this.#progress = new LogProgress(files.progress);
    this.finished = this.#run();
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Only increases when output is written, not when the same part of Docker's log is read again. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  get #bytes(): number {
    return (this.#state?.positions.stdout ?? 0) + (this.#state?.positions.stderr ?? 0);
  }

  get last(): LogStream | undefined {
    return this.#state?.last;
  }

  get logs(): Readonly<Record<LogStream, RotatedLog>> {
    return this.#logs.logs;
  }

  /** Resolves when the output so far has been read, or if it cannot be read now. */
  async refresh(): Promise<void> {
    if (this.#isComplete || this.#parts.life.aborted) return;
    const read = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#now();
    await read;
  }

  end(): void {
    this.#hasEnded = true;
    this.#now();
  }

  async #run(): Promise<void> {
    const { clock, life, log, id } = this.#parts;
    const backOff = daemonBackOff();
    let failures = 0;
    while (!life.aborted) {
      let isUnreadable = false;
      try {
        if (this.#hasEnded) await this.#readRest();
        else await this.#session();
        backOff.reset();
        failures = 0;
      } catch (error) {
        if (life.aborted) break;
        const isGone = statusOf(error) === 404;
        isUnreadable = error instanceof UnreadableLogError;
        // A daemon that does not respond may respond later. Whatever else it does, it will do again.
        failures += isUnreachable(error) ? 0 : 1;
        if (!isUnreadable) this.#state = undefined;
        this.#isComplete = isGone || (this.#hasEnded && (isUnreadable || failures >= MAX_FAILURES));
        log[isUnreachable(error) || isGone ? 'debug' : 'warn'](
          { container: id, ...errorFields(error) },
          'agent.docker.log-unread',
        );
      }
      for (const resolve of this.#waiting.splice(0)) resolve();
      if (this.#isComplete) break;
      // What cannot be read costs the daemon thousands of attempts each time.
      const pauseMs = isUnreadable ? IDLE_READ_MS : backOff.next();
      await clock.sleep(pauseMs, AbortSignal.any([life, this.#hurry.signal]));
      this.#hurry = new AbortController();
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#logs.close();
  }

  async #readRest(): Promise<void> {
    await this.#read(this.#parts.life);
    this.#isComplete = true;
  }

  async #session(): Promise<void> {
    const { clock, life } = this.#parts;
    const over = new AbortController();
    const signal = AbortSignal.any([life, over.signal]);
    // The stream starts with the newest entry, so that entries written while it opens are not missed.
    const signals = await this.#open({ follow: 'true', tail: '1' }, signal);
    let isSignalled = true;
    const listening = (async () => {
      try {
        for await (const _chunk of signals) this.#more();
      } catch {
        // The daemon has become unavailable.
      }
      isSignalled = false;
      this.#more();
    })();
    try {
      for (;;) {
        if (!this.#mayHaveMore) await clock.sleep(IDLE_READ_MS, AbortSignal.any([signal, this.#wake.signal]));
        if (life.aborted) return;
        const isLast = !isSignalled;
        const hadEnded = this.#hasEnded;
        this.#mayHaveMore = false;
        this.#wake = new AbortController();
        this.#hurry = new AbortController();
        const waiting = this.#waiting.splice(0);
        let bytes: number;
        try {
          bytes = await this.#read(signal);
        } finally {
          for (const resolve of waiting) resolve();
        }
        this.#isComplete = hadEnded;
        if (hadEnded || isLast) return;
        if (bytes > LARGE_READ_BYTES) this.#mayHaveMore = true;
        else await clock.sleep(READ_MS, AbortSignal.any([signal, this.#hurry.signal]));
      }
    } finally {
      over.abort();
      await listening;
    }
  }

  #more(): void {
    this.#mayHaveMore = true;
    this.#wake.abort();
  }

  #now(): void {
    this.#hurry.abort();
    this.#more();
  }

  async #read(signal: AbortSignal): Promise<number> {
    const state = (this.#state ??= await this.#find());
    const before = this.#bytes;
    const { last } = state;
    if (last === undefined) await this.#take(state, {}, signal);
    // Reading the last few entries is cheap and does not depend on the clock. To find entries since a time, Docker scans the whole log.
    else if (
      this.#entriesToAsk > FEW_ENTRIES ||
      !(await this.#take(state, { tail: String(this.#entriesToAsk) }, signal))
    )
      await this.#take(state, { since: sinceOf(state) }, signal);
    return this.#bytes - before;
  }

  /** Reads the entries after the newest known one and returns whether that entry was found. If Docker no longer has it, the loss is recorded. */
  async #take(
    state: ReadingState,
    query: { readonly tail?: string; readonly since?: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const parser = new LogEntries(this.#parts.tty);
    const search = new LastEntrySearch(state, query.tail === undefined);
    const newest = newestTimeOf(state);
    let isLost = false;
    let passed: LogEntry[] = [];
    let added = 0;
    const noteLoss = (): void => {
      isLost = true;
      this.#noteLoss(state);
      for (const entry of passed) this.#add(state, entry);
      passed = [];
    };
    const takeAll = (entries: readonly LogEntry[]): void => {
      for (const entry of entries) {
        if (isLost || search.isOver(entry)) {
          passed = [];
          this.#add(state, entry);
          added += 1;
        } else if (query.since !== undefined && !search.hasBegun) {
          const time = Date.parse(entry.time);
          if (time >= newest) passed.push(entry);
          if (time > newest + SKEW_MS) noteLoss();
        }
      }
    };
    for await (const piece of await this.#open(query, signal)) {
      takeAll(parser.push(piece as Uint8Array));
      if (this.#pendingBytes > FLUSH_BYTES) this.#flush(state);
    }
    try {
      takeAll(parser.end());
    } catch (error) {
      // The entries before it are good.
      if (error instanceof UnreadableLogError) this.#noteUnreadable(state, error);
      this.#flush(state);
      throw error;
    }
    if (query.since !== undefined && !isLost && !search.hasFound) noteLoss();
    this.#flush(state);
    this.#entriesToAsk = Math.max(FEW_ENTRIES / 16, 2 * added);
    return isLost || search.hasFound;
  }

  #open(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Readable> {
    const { docker, id } = this.#parts;
    return openStream(
      docker,
      'GET',
      `/containers/${id}/logs`,
      { stdout: 'true', stderr: 'true', timestamps: 'true', ...query },
      signal,
    );
  }

  #add(state: ReadingState, { stream, time, bytes }: LogEntry): void {
    this.#newest = Math.floor(Date.parse(time));
    state.entries = entriesWith(state.entries, { stream, time });
    state.last = stream;
    if (state.lossToNote[stream]) {
      state.lossToNote[stream] = false;
      this.#addBytes(state, stream, Buffer.from(LOST));
    }
    this.#addBytes(state, stream, bytes);
  }

  #addBytes(state: ReadingState, stream: LogStream, bytes: Buffer): void {
    state.positions[stream] += bytes.length;
    if (bytes.length > 0) state.endsLine[stream] = bytes.at(-1) === NEWLINE;
    // An earlier agent wrote these bytes and was killed before it could record its progress.
    const written = Math.min(bytes.length, state.written[stream]);
    state.written[stream] -= written;
    if (written === bytes.length) return;
    this.#pending.push({ stream, time: this.#newest, bytes: bytes.subarray(written) });
    this.#pendingBytes += bytes.length - written;
  }

  /** Once for each place at which Docker's log cannot be read, however often it is tried. */
  #noteUnreadable(state: ReadingState, { message }: UnreadableLogError): void {
    if (this.#notedAt === this.#bytes) return;
    const stream = state.last ?? 'stdout';
    const note = `-- muster: Docker could not read the rest of this log: ${message} --\n`;
    this.#addBytes(state, stream, Buffer.from(`${state.endsLine[stream] ? '' : '\n'}${note}`));
    this.#notedAt = this.#bytes;
  }

  #noteLoss(state: ReadingState): void {
    this.#parts.log.warn({ container: this.#parts.id }, 'agent.docker.log-lost');
    state.entries = {};
    state.last = undefined;
    for (const stream of STREAMS) {
      state.positions[stream] = state.ends[stream];
      state.written[stream] = 0;
      state.lossToNote[stream] = state.positions[stream] === 0;
      if (state.positions[stream] > 0)
        this.#addBytes(state, stream, Buffer.from(`${state.endsLine[stream] ? '' : '\n'}${LOST}`));
    }
  }

  /** Writes the entries in order, those of one stream and millisecond together. The writes are synchronous, so that the bytes and their record match. */
  #flush(state: ReadingState): void {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (let from = 0, to = 0; from < pending.length; from = to) {
      const { stream = 'stdout', time = 0 } = pending[from] ?? {};
      while (pending[to]?.stream === stream && pending[to]?.time === time) to += 1;
      const bytes = Buffer.concat(pending.slice(from, to).map((each) => each.bytes));
      this.#logs.append(stream, bytes, time);
      this.#bytesWritten += bytes.length;
      state.ends[stream] += bytes.length;
    }
    if (pending.length === 0) return;
    // While there are bytes left to skip, nothing new was written, so the earlier progress record is still correct.
    if (STREAMS.every((stream) => state.written[stream] === 0)) this.#progress.add(state);
  }

  async #find(): Promise<ReadingState> {
    this.#pending = [];
    this.#pendingBytes = 0;
    const [stdout, stderr] = await Promise.all([this.#endOf('stdout'), this.#endOf('stderr')]);
    const ends = { stdout: stdout.end, stderr: stderr.end };
    const { positions, entries, last } = this.#progress.newest(ends);
    const written = { stdout: ends.stdout - positions.stdout, stderr: ends.stderr - positions.stderr };
    return {
      positions: { ...positions },
      entries: { ...entries },
      last,
      written,
      ends,
      endsLine: { stdout: stdout.endsLine, stderr: stderr.endsLine },
      lossToNote: { stdout: false, stderr: false },
    };
  }

  async #endOf(stream: LogStream): Promise<{ readonly end: number; readonly endsLine: boolean }> {
    const { end } = this.logs[stream].extent();
    return { end, endsLine: end === 0 || (await this.logs[stream].read(end - 1, 1)).bytes[0] === NEWLINE };
  }
}
