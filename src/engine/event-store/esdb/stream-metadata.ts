import { isMusterError } from '#domain/errors/index.js';
import type { ExpectedRevision, NewEvent, RecordedEvent } from '#domain/ports/event-store.js';
import type { Ids } from '#domain/ports/ids.js';
import { cutsIn } from '../stream-metadata.js';
import type { Appends } from './appends.js';
import type { Connection } from './connection.js';
import { storeError } from './failure.js';
import { recordedEvent } from './recorded.js';
import { streamPage } from './requests.js';

/** What the store itself writes for a soft delete: no revision ever reaches it. It is beyond what a JSON number of ours can hold. */
const DELETED = '9223372036854775807';
/** How often a change is made again that another was quicker than. */
const TRIES = 10;

interface Metadata {
  readonly revision: ExpectedRevision;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The metadata stream of each stream, where the store keeps from which revision on it serves it. */
export class StreamMetadata {
  readonly #connection: Connection;
  readonly #appends: Appends;
  readonly #ids: Ids;

  constructor(connection: Connection, appends: Appends, ids: Ids) {
    this.#connection = connection;
    this.#appends = appends;
    this.#ids = ids;
  }

  /** Truncates; a stream that is deleted stays so. */
  async truncate(stream: string, before: number): Promise<void> {
    await this.#change(stream, (value) => (isDeleted(value) ? undefined : JSON.stringify({ ...value, $tb: before })));
  }

  /** Marks a stream as deleted that never was. */
  async markDeleted(stream: string): Promise<void> {
    await this.#change(stream, (value) => {
      if (isDeleted(value)) return undefined;
      const { $tb: _, ...others } = value;
      const rest = JSON.stringify(others).slice(1, -1);
      return `{${rest}${rest === '' ? '' : ','}"$tb":${DELETED}}`;
    });
  }

  /** What cuts each of the streams, as `$maxCount 50`; streams that nothing cuts are left out. */
  async cuts(streams: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    for (const stream of streams) {
      const event = await this.#newest(stream);
      const cuts = event === undefined ? [] : cutsIn(event.data);
      if (cuts.length > 0) found.set(stream, cuts);
    }
    return found;
  }

  async #change(stream: string, change: (value: Metadata['value']) => string | undefined): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { revision, value } = await this.#read(stream);
      const data = change(value);
      if (data === undefined) return;
      const event: NewEvent = { id: this.#ids.uuid(), type: '$metadata', data, metadata: '' };
      try {
        await this.#appends.append({ stream: nameOf(stream), expected: revision, events: [event] });
        return;
      } catch (error) {
        if (attempt >= TRIES || !isMusterError(error, 'MUSTER_E_WRONG_REVISION')) throw storeError(error, stream);
      }
    }
  }

  async #read(stream: string): Promise<Metadata> {
    const event = await this.#newest(stream);
    return event === undefined ? { revision: 'no_stream', value: {} } : { revision: event.revision, value: parsed(event.data) };
  }

  async #newest(stream: string): Promise<RecordedEvent | undefined> {
    try {
      return (await this.#connection.page(streamPage(nameOf(stream), 'backwards', undefined, 1))).flatMap((answer) => recordedEvent(answer) ?? [])[0];
    } catch (error) {
      throw storeError(error, stream);
    }
  }
}

function nameOf(stream: string): string {
  return `$$${stream}`;
}

/** What is no JSON object counts as none, as in the store. */
function parsed(data: string): Metadata['value'] {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Metadata['value']) : {};
  } catch {
    return {};
  }
}

function isDeleted({ $tb }: Metadata['value']): boolean {
  return typeof $tb === 'number' && $tb > Number.MAX_SAFE_INTEGER;
}
