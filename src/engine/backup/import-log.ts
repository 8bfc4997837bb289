import { isOwnStream } from '#domain/event-types/index.js';
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
  readonly lines: AsyncIterable<string>;
  readonly clock: Clock;
  /** Number of concurrent appends. More than one only if the store keeps the order in which they are sent. */
  readonly underWay: number;
  readonly onProgress?: (progress: { readonly read: number; readonly written: number }) => void;
}

export interface Imported {
  readonly events: number;
  readonly written: number;
  readonly streams: number;
  readonly cuts: number;
  /** The epoch that this run started; null if an earlier run of the same import did. */
  readonly epoch: string | null;
}

/**
 * Imports an export into a log, in order, each event with its revision and id. Events from an earlier run are compared and skipped, so an interrupted import
 * can be repeated with the same file. The new log assigns write times and positions. At the end it begins a new epoch, because the exported log may continue
 * elsewhere. Throws `MUSTER_E_EXPORT_INVALID`, and `MUSTER_E_IMPORT_REFUSED` if the log contains other events of Muster.
 */
export async function importLog({
  store,
  lines,
  clock,
  underWay,
  onProgress,
}: ImportOptions): Promise<Imported> {
  const parts = new ExportReader(lines);
  await parts.heading();
  const standing = new Standing(store);
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
          `stream ${event.stream} goes on at revision ${event.revision}, not at ${expected}: what is missing was removed from the log before it was exported`,
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
    throw exportInvalid(parts.line, 'it ends with other counts than it has lines');
  const epoch = read === 0 || (await standing.goesOn()) ? null : await beginEpoch(store, clock, 'imported');
  return { events: read, written, streams: revisions.size, cuts, epoch };
}

async function cutAgain(store: EventStore, { stream, last, state }: ExportedCut): Promise<void> {
  try {
    if (state === 'deleted') await store.deleteStream(stream, last);
    else if (state === 'tombstoned') await store.tombstoneStream(stream, last);
    else await store.truncateBefore(stream, state.truncatedBefore);
  } catch (error) {
    // An earlier run got this far.
    if (state !== 'tombstoned' || !isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
  }
}

class Standing {
  readonly #events: AsyncGenerator<RecordedEvent, void, undefined>;
  #next: RecordedEvent | undefined;
  #ended = false;

  constructor(store: EventStore) {
    this.#events = walk(store);
  }

  /** Whether the log contains the event already. False at the end of the log; throws if another event is in its place. */
  async holds(event: ExportedEvent): Promise<boolean> {
    if (this.#next === undefined && !this.#ended) await this.#advance();
    while (this.#next !== undefined) {
      const { stream, revision, id } = this.#next;
      if (stream === event.stream && revision === event.revision && id === event.id) {
        this.#next = undefined;
        return true;
      }
      if (isOwnStream(stream) || stream === event.stream)
        throw new MusterError('MUSTER_E_IMPORT_REFUSED', {
          problem: `it holds ${stream}@${String(revision)}, where the export has ${event.stream}@${String(event.revision)}`,
        });
      // Foreign events of others that use the same log.
      await this.#advance();
    }
    return false;
  }

  /** Whether Muster's own events follow the imported ones: the new epoch, and everything since. */
  async goesOn(): Promise<boolean> {
    do {
      if (this.#next !== undefined && isOwnStream(this.#next.stream)) return true;
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

/** Parses the parts of an export in their order: heading, events, cuts, ending. */
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
    if (!('export' in line)) throw exportInvalid(this.line, 'it does not begin like an export');
  }

  async nextEvent(): Promise<ExportedEvent | undefined> {
    const line = await this.#next();
    if ('stream' in line) return line;
    if ('cut' in line) this.#cut = line.cut;
    else if ('end' in line) this.#end = line.end;
    else throw exportInvalid(this.line, 'a second beginning');
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
    if (!('end' in line)) throw exportInvalid(this.line, 'an event behind the last');
    this.#end = line.end;
    return undefined;
  }

  async ending(): Promise<ExportEnding> {
    if (this.#end === undefined) throw exportInvalid(this.line, 'it has no end');
    const { value, done } = await this.#lines.next();
    if (done !== true && value.trim() !== '') throw exportInvalid(this.line + 1, 'something behind the end');
    return this.#end;
  }

  async #next() {
    const { value, done } = await this.#lines.next();
    this.line += 1;
    if (done === true)
      throw exportInvalid(
        this.line,
        'the export is cut short; what it has is imported: get it whole and import it again',
      );
    return parseExportLine(value, this.line);
  }
}
