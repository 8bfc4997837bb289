import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LogStream } from '#domain/ports/agent-channel.js';

/** The newest entry of a stream that was read. */
export interface LastEntry {
  readonly time: string;
  /** Entries of the stream that have this time. */
  readonly count: number;
  /** Entries of the other stream that were read after it. */
  readonly after: number;
}

/** How far a container's log was read, and where that ends in our own files. */
export interface Progress {
  readonly positions: Readonly<Record<LogStream, number>>;
  readonly entries: Readonly<Partial<Record<LogStream, LastEntry>>>;
  /** The stream of the newest entry of all; undefined: whatever Docker has is new. */
  readonly last: LogStream | undefined;
}

const MAX_LINES = 4096;
/** So many of the newest stay whatever their times are. */
const NEWEST = 256;
/** Of older ones some are left out, so that a time is found again to within this share of its age. */
const PRECISION = 0.005;
const LINE = /^(\d{1,16}) (\S+) (\d{1,16}) (\S+) ([12-])$/;
/** Time, count and entries of the other stream after it. */
const ENTRY = /^(\S+)\/(\d{1,16})\/(\d{1,16})$/;

/**
 * Where a container's log was read to, a line for each step, in a file. A step is written down after its bytes: what an agent was killed between is found
 * by the length of the log itself. The lines are also how a time is found in the log.
 */
export class LogProgress {
  readonly #file: string;
  #lines: number;
  /** An agent before may have left a torn line. */
  #mayBeTorn = true;

  constructor(file: string) {
    this.#file = file;
    this.#lines = read(file).length;
  }

  /** Returns the newest step of which all bytes are there: a crash of the machine may have taken the newest ones. */
  newest(written: Readonly<Record<LogStream, number>>): Progress {
    const step = read(this.#file).findLast(({ positions }) => positions.stdout <= written.stdout && positions.stderr <= written.stderr);
    return step ?? { positions: { stdout: 0, stderr: 0 }, entries: {}, last: undefined };
  }

  add(step: Progress): void {
    try {
      appendFileSync(this.#file, `${this.#mayBeTorn ? '\n' : ''}${lineOf(step)}`, { mode: 0o600 });
      this.#mayBeTorn = false;
      this.#lines += 1;
      if (this.#lines > MAX_LINES) this.#compact();
    } catch {
      // A full disk: the next agent reads more of the log again, and leaves out what it has.
      this.#mayBeTorn = true;
    }
  }

  #compact(): void {
    const kept = thinned(read(this.#file));
    writeFileSync(`${this.#file}.draft`, kept.map(lineOf).join(''), { mode: 0o600 });
    renameSync(`${this.#file}.draft`, this.#file);
    this.#lines = kept.length;
  }
}

/** Returns the newest entries once another one was read. */
export function entriesWith(entries: Progress['entries'], { stream, time }: { readonly stream: LogStream; readonly time: string }): Progress['entries'] {
  const known = entries[stream];
  const newest = { [stream]: { time, count: known?.time === time ? known.count + 1 : 1, after: 0 } };
  const other = stream === 'stdout' ? 'stderr' : 'stdout';
  const before = entries[other];
  return before === undefined ? newest : { ...newest, [other]: { ...before, after: before.after + 1 } };
}

/** Position in a stream after which everything that was written since is, and little else. 0 where that is not known. */
export function positionSince(file: string, stream: LogStream, seconds: number): number {
  return read(file).findLast((step) => (timeOf(step) ?? Number.POSITIVE_INFINITY) < seconds * 1000)?.positions[stream] ?? 0;
}

function read(file: string): Progress[] {
  try {
    return readFileSync(file, 'latin1').split('\n').flatMap(stepOf);
  } catch {
    return [];
  }
}

function thinned(steps: readonly Progress[]): Progress[] {
  const older = steps.slice(0, -NEWEST);
  const newest = steps.slice(-NEWEST);
  const until = timeOf(newest.at(-1)) ?? 0;
  let next = timeOf(newest[0]) ?? until;
  const kept = older.reverse().filter((step) => {
    const time = timeOf(step);
    if (time === undefined || next - time < (until - time) * PRECISION) return false;
    next = time;
    return true;
  });
  // Where a clock went back far this leaves out less.
  return [...kept.slice(0, MAX_LINES / 2).reverse(), ...newest];
}

/** Milliseconds since the epoch. */
function timeOf(step: Progress | undefined): number | undefined {
  const entry = step?.last && step.entries[step.last];
  return entry && Date.parse(entry.time);
}

function lineOf({ positions, entries, last }: Progress): string {
  const of = (stream: LogStream): string => {
    const entry = entries[stream];
    return `${positions[stream]} ${entry === undefined ? '-' : `${entry.time}/${entry.count}/${entry.after}`}`;
  };
  return `${of('stdout')} ${of('stderr')} ${last === undefined ? '-' : last === 'stdout' ? '1' : '2'}\n`;
}

/** None: the line was torn by a crash or a full disk. */
function stepOf(line: string): Progress[] {
  const [, stdout, ofStdout = '', stderr, ofStderr = '', last] = LINE.exec(line) ?? [];
  if (last === undefined) return [];
  const entries = { ...entryOf('stdout', ofStdout), ...entryOf('stderr', ofStderr) };
  return [{ positions: { stdout: Number(stdout), stderr: Number(stderr) }, entries, last: last === '-' ? undefined : last === '1' ? 'stdout' : 'stderr' }];
}

function entryOf(stream: LogStream, text: string): Progress['entries'] {
  const [, time, count, after] = ENTRY.exec(text) ?? [];
  return time === undefined ? {} : { [stream]: { time, count: Number(count), after: Number(after) } };
}
