import { jobIdOf } from '#domain/jobs/job/commands.js';
import { isFailure } from '#domain/explain/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { mentionKey } from '#domain/kernel/ports/log-mentions.js';
import type { LogCount, LogSample } from './changes.js';

/** Number of events between two samples, which is also the maximum number that a search for a moment reads. */
export const SAMPLE_EVENTS = 1024;
export const COUNT_SPANS_MS = [60_000, 3_600_000] as const;
const STREAM_OF_JOB = 'job-';
const STREAM_OF_COMMAND = 'command-';
/** Other streams whose events mention jobs. */
const STREAMS_OF_JOBS = /^(?:scheduler$|node-|command-)/;
/** The form that Muster writes. Other writers may add spaces. */
const CORRELATION = '{"$correlationId":"';
const ANY_CORRELATION = /"\$correlationId"\s*:\s*("(?:[^"\\]|\\.)*")/;
const JOB = '"jobId"';
/** Quotes within JSON strings are escaped, so each match is a member of some object in the data. */
const ANY_JOB = /"jobId"\s*:\s*("(?:[^"\\]|\\.)*")/g;

/** Index entries that were added since the last commit. */
export interface LogIndexChanges {
  readonly samples: readonly LogSample[];
  readonly counts: readonly LogCount[];
  /** Keys of the correlations and jobs that each event mentions. */
  readonly mentions: readonly (readonly [key: number, position: bigint])[];
}

/** Indexes a log in order. Only one batch uses it at a time. */
export class LogIndex {
  #samples: LogSample[] = [];
  #open: LogSample | undefined;
  readonly #counts = new Map<number, LogCount>();
  #mentions: [number, bigint][] = [];

  constructor(newest: bigint | undefined) {
    if (newest !== undefined) this.#open = { position: newest, created: 0, events: 0 };
  }

  /** Position of the newest indexed event. */
  get newest(): bigint | undefined {
    return this.#open?.position;
  }

  get size(): number {
    return this.#mentions.length;
  }

  get changes(): LogIndexChanges {
    const open = this.#open;
    return {
      samples: open === undefined || open.events === 0 ? this.#samples : [...this.#samples, open],
      counts: [...this.#counts.values()],
      mentions: this.#mentions,
    };
  }

  add(page: readonly RecordedEvent[]): void {
    for (const event of page) {
      if (this.#open !== undefined && event.position <= this.#open.position) continue;
      this.#sample(event);
      this.#count(event);
      this.#mention(event);
    }
  }

  committed(): void {
    this.#samples = [];
    this.#counts.clear();
    this.#mentions = [];
    if (this.#open !== undefined) this.#open = { ...this.#open, events: 0 };
  }

  #sample({ position, created }: RecordedEvent): void {
    const open = this.#open;
    const events = (open?.events ?? 0) + 1;
    this.#open = { position, created: Math.max(open?.created ?? created, created), events };
    if (events < SAMPLE_EVENTS) return;
    this.#samples.push(this.#open);
    this.#open = { ...this.#open, events: 0 };
  }

  #count({ type, data, created }: RecordedEvent): void {
    const failures = isFailure(type, data) ? 1 : 0;
    for (const span of COUNT_SPANS_MS) {
      const start = created - (created % span);
      // Spans of different lengths may begin at the same time, so the key includes the length.
      const key = start + (span === COUNT_SPANS_MS[0] ? 0 : 1);
      const count = this.#counts.get(key);
      this.#counts.set(key, {
        span,
        start,
        events: (count?.events ?? 0) + 1,
        failures: (count?.failures ?? 0) + failures,
      });
    }
  }

  #mention({ stream, data, metadata, position }: RecordedEvent): void {
    const correlation = correlationIn(metadata);
    if (correlation !== undefined) this.#mentions.push([mentionKey({ correlation }), position]);
    if (stream.startsWith(STREAM_OF_JOB)) {
      this.#mentions.push([mentionKey({ job: jobIdOf(stream.slice(STREAM_OF_JOB.length)) }), position]);
      return;
    }
    if (!STREAMS_OF_JOBS.test(stream) || !data.includes(JOB)) return;
    let former: string | undefined;
    for (const [, quoted] of data.matchAll(ANY_JOB)) {
      if (quoted === former) continue;
      former = quoted;
      const job = textOf(quoted!);
      this.#mentions.push([mentionKey({ job }), position]);
      if (stream.startsWith(STREAM_OF_COMMAND))
        this.#mentions.push([mentionKey({ commandsIn: job }), position]);
    }
  }
}

function correlationIn(metadata: string): string | undefined {
  if (metadata.startsWith(CORRELATION)) {
    const text = metadata.slice(CORRELATION.length, metadata.indexOf('"', CORRELATION.length));
    if (!text.includes('\\')) return text;
  }
  const quoted = ANY_CORRELATION.exec(metadata)?.[1];
  return quoted === undefined ? undefined : textOf(quoted);
}

function textOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    // Only reached if the data is not valid JSON; no reader searches such data.
    return quoted;
  }
}
