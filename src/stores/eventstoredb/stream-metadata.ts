import { isMusterError } from '#domain/kernel/errors/index.js';
import type { ExpectedRevision, NewEvent } from '#domain/kernel/ports/event-store.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import {
  METADATA_TYPE,
  metadataIn,
  metadataStreamOf,
  readStreamMetadata,
  SOFT_DELETED,
  truncatedBefore,
} from '#src/engine/event-store/index.js';
import type { Appends } from './appends.js';
import type { Connection } from './connection.js';
import { storeError } from './failure.js';
import { recordedEvent } from './recorded.js';
import { streamPage } from './requests.js';

/** The value that the store writes for a soft delete: a revision that is never reached. It is too large to be exact as a JavaScript number. */
const DELETED = '9223372036854775807';
const MAX_ATTEMPTS = 10;

interface Metadata {
  readonly revision: ExpectedRevision;
  readonly data: string | undefined;
}

/** Changes a stream's metadata stream, which defines the first revision that the store serves. */
export class StreamMetadata {
  readonly #connection: Connection;
  readonly #appends: Appends;
  readonly #ids: Ids;

  constructor(connection: Connection, appends: Appends, ids: Ids) {
    this.#connection = connection;
    this.#appends = appends;
    this.#ids = ids;
  }

  async truncate(stream: string, before: number): Promise<void> {
    await this.#change(stream, (data) => (isDeleted(data) ? undefined : truncatedBefore(data, before)));
  }

  async markDeleted(stream: string): Promise<void> {
    await this.#change(stream, (data) => {
      if (isDeleted(data)) return undefined;
      const { $tb: _, ...others } = metadataIn(data);
      const rest = JSON.stringify(others).slice(1, -1);
      return `{${rest}${rest === '' ? '' : ','}"$tb":${DELETED}}`;
    });
  }

  async #change(stream: string, change: (data: string) => string | undefined): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { revision, data: before = '{}' } = await this.#read(stream);
      const data = change(before);
      if (data === undefined) return;
      const event: NewEvent = { id: this.#ids.uuid(), type: METADATA_TYPE, data, metadata: '' };
      try {
        await this.#appends.append({ stream: metadataStreamOf(stream), expected: revision, events: [event] });
        return;
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isMusterError(error, 'MUSTER_E_WRONG_REVISION'))
          throw storeError(error, stream);
      }
    }
  }

  async #read(stream: string): Promise<Metadata> {
    try {
      const answers = await this.#connection.page(
        streamPage(metadataStreamOf(stream), 'backwards', undefined, 1),
      );
      const [newest] = answers.flatMap((answer) => recordedEvent(answer) ?? []);
      return { revision: newest?.revision ?? 'no_stream', data: newest?.data };
    } catch (error) {
      throw storeError(error, stream);
    }
  }
}

function isDeleted(data: string): boolean {
  return readStreamMetadata(data).truncateBefore === SOFT_DELETED;
}
