import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { LogStream } from '#domain/protocol/agent-channel.js';

export interface LastEntry {
  readonly time: string;
  readonly count: number;
  /** Number of entries of the other stream that were read after this entry. */
  readonly after: number;
}

export interface Progress {
  readonly positions: Readonly<Record<LogStream, number>>;
  readonly entries: Readonly<Partial<Record<LogStream, LastEntry>>>;
  readonly last: LogStream | undefined;
}

const MAX_LINES = 4096;
/** Number of newest lines that are never dropped, because a crash of the machine may lose the newest bytes of the log. */
const NEWEST = 256;
const LINE = /^(\d{1,16}) (\S+) (\d{1,16}) (\S+) ([12-])$/;
/** Format of an entry: its time, its count, and the number of later entries of the other stream. */
const ENTRY = /^(\S+)\/(\d{1,16})\/(\d{1,16})$/;

/**
 * Persists how far a container's log was read. One line per step is written after the step's bytes. If an agent is killed in between, the length of
 * the log files shows how many bytes were not recorded.
 */
export class LogProgress {
  readonly #file: string;
  #lines: number;
  #mayBeTorn = true;

  constructor(file: string) {
    this.#file = file;
    this.#lines = read(file).length;
  }

  /** Returns the newest step whose bytes are all on disk, because a crash of the machine may lose the newest bytes. */
  newest(written: Readonly<Record<LogStream, number>>): Progress {
    const step = read(this.#file).findLast(
      ({ positions }) => positions.stdout <= written.stdout && positions.stderr <= written.stderr,
    );
    return step ?? { positions: { stdout: 0, stderr: 0 }, entries: {}, last: undefined };
  }

  add(step: Progress): void {
    try {
      appendFileSync(this.#file, `${this.#mayBeTorn ? '\n' : ''}${lineOf(step)}`, { mode: 0o600 });
      this.#mayBeTorn = false;
      this.#lines += 1;
      if (this.#lines > MAX_LINES) this.#compact();
    } catch {
      // The disk is full. The next agent reads more of the log again, and skips the bytes that are already stored.
      this.#mayBeTorn = true;
    }
  }

  #compact(): void {
    const kept = read(this.#file).slice(-NEWEST);
    writeFileSync(`${this.#file}.draft`, kept.map(lineOf).join(''), { mode: 0o600 });
    renameSync(`${this.#file}.draft`, this.#file);
    this.#lines = kept.length;
  }
}

export function entriesWith(
  entries: Progress['entries'],
  { stream, time }: { readonly stream: LogStream; readonly time: string },
): Progress['entries'] {
  const known = entries[stream];
  const newest = { [stream]: { time, count: known?.time === time ? known.count + 1 : 1, after: 0 } };
  const other = stream === 'stdout' ? 'stderr' : 'stdout';
  const before = entries[other];
  return before === undefined ? newest : { ...newest, [other]: { ...before, after: before.after + 1 } };
}

function read(file: string): Progress[] {
  try {
    return readFileSync(file, 'latin1').split('\n').flatMap(stepOf);
  } catch {
    return [];
  }
}

function lineOf({ positions, entries, last }: Progress): string {
  const of = (stream: LogStream): string => {
    const entry = entries[stream];
    return `${positions[stream]} ${entry === undefined ? '-' : `${entry.time}/${entry.count}/${entry.after}`}`;
  };
  return `${of('stdout')} ${of('stderr')} ${last === undefined ? '-' : last === 'stdout' ? '1' : '2'}\n`;
}

/** Returns an empty array for a line that was cut short by a crash or a full disk. */
function stepOf(line: string): Progress[] {
  const [, stdout, ofStdout = '', stderr, ofStderr = '', last] = LINE.exec(line) ?? [];
  if (last === undefined) return [];
  const entries = { ...entryOf('stdout', ofStdout), ...entryOf('stderr', ofStderr) };
  return [
    {
      positions: { stdout: Number(stdout), stderr: Number(stderr) },
      entries,
      last: last === '-' ? undefined : last === '1' ? 'stdout' : 'stderr',
    },
  ];
}

function entryOf(stream: LogStream, text: string): Progress['entries'] {
  const [, time, count, after] = ENTRY.exec(text) ?? [];
  return time === undefined ? {} : { [stream]: { time, count: Number(count), after: Number(after) } };
}
