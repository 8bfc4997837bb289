import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import {
  cutsIn,
  METADATA_TYPE,
  missingBeginning,
  subjectOf,
  TOMBSTONE_TYPE,
} from '#src/engine/event-store/index.js';
import type { Connection } from './connection.js';
import { storeError } from './failure.js';
import { recordedEvent } from './recorded.js';
import { logPage, streamPage } from './requests.js';

const FILTER: EventFilter = { types: [METADATA_TYPE, TOMBSTONE_TYPE] };
const PAGE_EVENTS = 256;

/**
 * Finds Muster streams that are losing events or have lost some. It reads the metadata of all streams from `$all`, each event once, and checks the
 * first event of every stream that ever had metadata.
 */
export class Retention {
  readonly #connection: Pick<Connection, 'page'>;
  readonly #head: () => Promise<bigint | undefined>;
  readonly #isOwnStream: (stream: string) => boolean;
  readonly #problems = new Map<string, string>();
  #after: bigint | undefined;
  #running: Promise<void> | undefined;

  constructor(
    connection: Pick<Connection, 'page'>,
    head: () => Promise<bigint | undefined>,
    isOwnStream: (stream: string) => boolean,
  ) {
    this.#isOwnStream = isOwnStream;
    this.#connection = connection;
    this.#head = head;
  }

  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  async read(): Promise<void> {
    this.#running ??= this.#read().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #read(): Promise<void> {
    const head = await this.#head();
    for (;;) {
      const from = this.#after;
      const page = await this.#page(from);
      for (const event of page) if (from === undefined || event.position > from) await this.#see(event);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_EVENTS) break;
      this.#after = last.position;
    }
    if (head !== undefined && (this.#after === undefined || head > this.#after)) this.#after = head;
  }

  async #see({ stream, type, data }: RecordedEvent): Promise<void> {
    const subject = type === METADATA_TYPE ? subjectOf(stream) : stream;
    if (subject === undefined || (subject !== '$all' && !this.#isOwnStream(subject))) return;
    const problem = type === METADATA_TYPE ? await this.#problemOf(subject, cutsIn(data)) : deleted(subject);
    if (problem === undefined) this.#problems.delete(subject);
    else this.#problems.set(subject, problem);
  }

  async #problemOf(subject: string, cuts: readonly string[]): Promise<string | undefined> {
    if (cuts.length > 0) return `the metadata of ${subject} (${cuts.join(', ')}) discards events`;
    if (subject === '$all') return undefined;
    try {
      const [first] = await this.#events(streamPage(subject, 'forwards', undefined, 1), false);
      return first === undefined || first.revision === 0
        ? undefined
        : missingBeginning(subject, first.revision);
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_STREAM_DELETED')) return deleted(subject);
      throw error;
    }
  }

  async #page(from: bigint | undefined): Promise<readonly RecordedEvent[]> {
    return await this.#events(logPage('forwards', from, PAGE_EVENTS, FILTER), true);
  }

  async #events(message: ReturnType<typeof logPage>, scans: boolean): Promise<readonly RecordedEvent[]> {
    try {
      return (await this.#connection.page(message, scans)).flatMap((answer) => recordedEvent(answer) ?? []);
    } catch (error) {
      throw storeError(error);
    }
  }
}

function deleted(stream: string): string {
  return `stream ${stream} is permanently deleted`;
}
