import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { appendRuns } from './append-runs.js';
import { beginEpoch } from './begin-epoch.js';
import {
  exportInvalid,
  parseExportLine,
  type ExportedCut,
  type ExportedEvent,
  type ExportEnding,
} from './export-line.js';
import { isMoved } from './moved-events.js';

export interface ImportOptions {
  readonly store: EventStore;
  readonly isOwnStream: (stream: string) => boolean;
  readonly lines: AsyncIterable<string>;
  readonly clock: Clock;
  readonly underWay: number;
  readonly onProgress?: (progress: { readonly read: number; readonly written: number }) => void;
}

export interface Imported {
  readonly events: number;
  readonly written: number;
  readonly streams: number;
  readonly cuts: number;
  /** The epoch that this run began. Null if an earlier run of the same import began it, or if the export has no events. */
  readonly epoch: string | null;
}

/**
 * Imports an export into a log, in order. Each event keeps its revision and id; the new log assigns write times and positions. Events from an earlier
 * run are compared and skipped, so an interrupted import can be repeated with the same file. Finally begins a new epoch, because the exported log may
 * continue elsewhere. Throws `MUSTER_E_EXPORT_INVALID`, and `MUSTER_E_IMPORT_REFUSED` if the log contains other Muster events.
 */
export async function importLog({
  store,
  isOwnStream,
  lines,
  clock,
  underWay,
  onProgress,
}: ImportOptions): Promise<Imported> {
  const parts = new ExportReader(lines);
  await parts.heading();
  const standing = new Standing(store, isOwnStream);
  const revisions = new Map<string, number>();
  let written = 0;
  let read = 0;
  const told = (): void => onProgress?.({ read, written });
  async function* missing(): AsyncGenerator<ExportedEvent, void, undefined> {
    for (let event = await parts.nextEvent(); event !== undefined; event = await parts.nextEvent()) {
      const expected = (revisions.get(event.stream) ?? -1) + 1;
      if (event.revision !== expected)
        throw exportInvalid(
          parts.line,
          `stream ${event.stream} continues at revision ${event.revision}, not ${expected}: the missing events were removed from the log before the export`,
        );
      revisions.set(event.stream, event.revision);
      read += 1;
      if (!(await standing.holds(event))) yield event;
      if (read % 1000 === 0) told();
    }
  }
  await appendRuns(store, missing(), underWay, (count) => (written += count));
  told();
  let cuts = 0;
  for (let cut = await parts.nextCut(); cut !== undefined; cut = await parts.nextCut()) {
    await cutAgain(store, cut);
    cuts += 1;
  }
  const end = await parts.ending();
  if (end.events !== read || end.streams !== revisions.size || end.cuts !== cuts)
    throw exportInvalid(parts.line, 'its counts do not match the lines before it');
  const epoch = read === 0 || (await standing.goesOn()) ? null : await beginEpoch(store, clock, 'imported');
  return { events: read, written, streams: revisions.size, cuts, epoch };
}

async function cutAgain(store: EventStore, { stream, last, state }: ExportedCut): Promise<void> {
  try {
    if (state === 'deleted') await store.deleteStream(stream, last);
    else if (state === 'tombstoned') await store.tombstoneStream(stream, last);
    else await store.truncateBefore(stream, state.truncatedBefore);
  } catch (error) {
    // An earlier run has already tombstoned this stream.
    if (state !== 'tombstoned' || !isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
  }
}

class Standing {
  readonly #events: AsyncGenerator<RecordedEvent, void, undefined>;
  #next: RecordedEvent | undefined;
  #ended = false;

  constructor(
    store: EventStore,
    private readonly isOwnStream: (stream: string) => boolean,
  ) {
    this.#events = walk(store);
  }

  async holds(event: ExportedEvent): Promise<boolean> {
    if (this.#next === undefined && !this.#ended) await this.#advance();
    while (this.#next !== undefined) {
      const { stream, revision, id } = this.#next;
      if (stream === event.stream && revision === event.revision && id === event.id) {
        this.#next = undefined;
        return true;
      }
      if (this.isOwnStream(stream) || stream === event.stream)
        throw new MusterError('MUSTER_E_IMPORT_REFUSED', {
          problem: `it contains ${stream}@${String(revision)}, where the export has ${event.stream}@${String(event.revision)}`,
        });
      // Skips foreign events: other programs may use the same log.
      await this.#advance();
    }
    return false;
  }

  /** Returns whether Muster events follow the imported events: the new epoch and later events. */
  async goesOn(): Promise<boolean> {
    do {
      if (this.#next !== undefined && this.isOwnStream(this.#next.stream)) return true;
      await this.#advance();
    } while (!this.#ended);
    return false;
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#events.next();
    this.#next = done === true ? undefined : value;
    this.#ended = done === true;
  }
}

async function* walk(store: EventStore): AsyncGenerator<RecordedEvent, void, undefined> {
  const head = await store.head();
  if (head === undefined) return;
  for await (const page of store.readAll()) {
    for (const event of page) {
      if (event.position > head) return;
      if (isMoved(event)) yield event;
    }
  }
}

class ExportReader {
  line = 0;
  readonly #lines: AsyncIterator<string>;
  #cut: ExportedCut | undefined;
  #end: ExportEnding | undefined;

  constructor(lines: AsyncIterable<string>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  async heading(): Promise<void> {
    const line = await this.#next();
    if (!('export' in line)) throw exportInvalid(this.line, 'not the first line of an export');
  }

  async nextEvent(): Promise<ExportedEvent | undefined> {
    const line = await this.#next();
    if ('stream' in line) return line;
    if ('cut' in line) this.#cut = line.cut;
    else if ('end' in line) this.#end = line.end;
    else throw exportInvalid(this.line, 'a second heading');
    return undefined;
  }

  async nextCut(): Promise<ExportedCut | undefined> {
    if (this.#end !== undefined) return undefined;
    if (this.#cut !== undefined) {
      const cut = this.#cut;
      this.#cut = undefined;
      return cut;
    }
    const line = await this.#next();
    if ('cut' in line) return line.cut;
    if (!('end' in line)) throw exportInvalid(this.line, 'expected a truncated stream or the end');
    this.#end = line.end;
    return undefined;
  }

  async ending(): Promise<ExportEnding> {
    if (this.#end === undefined) throw exportInvalid(this.line, 'the end is missing');
    const { value, done } = await this.#lines.next();
    if (done !== true && value.trim() !== '')
      throw exportInvalid(this.line + 1, 'unexpected data after the end');
    return this.#end;
  }

  async #next() {
    const { value, done } = await this.#lines.next();
    this.line += 1;
    if (done === true)
      throw exportInvalid(
        this.line,
        'the export is cut short, and its events up to here were imported: get the complete file and import it again',
      );
    return parseExportLine(value, this.line);
  }
}
