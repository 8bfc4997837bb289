import { randomUUID } from 'node:crypto';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { SOFT_DELETED, type StreamState } from '../../append-rule.js';
import { EMPTY_PAYLOAD } from '../../payload.js';
import {
  METADATA_TYPE,
  metadataStreamOf,
  readStreamMetadata,
  SOFT_DELETE_METADATA,
  subjectOf,
  truncatedBefore,
} from '../../stream-metadata.js';
import { TOMBSTONE_REVISION, TOMBSTONE_TYPE } from '../../tombstone.js';
import { judgeWireAppend, judgeWireDeletion } from '../../wire-rule.js';
import type { WireWriteRequest } from './messages.js';
import { RecentIds } from './recent-ids.js';

export interface LogPen {
  newest(): number;
  state(stream: string): StreamState;
  set(stream: string, state: StreamState): void;
  grew(stream: string, state: StreamState): void;
  insert(stream: string, revision: number, event: NewEvent): number;
  idAt(stream: string, revision: number): string | undefined;
  positionAt(stream: string, revision: number): number;
  dataAt(stream: string, revision: number): string | undefined;
}

/** Position 0 means that there is no position, because the event is no longer served. Revision -1 means "no stream". */
type Written = { readonly revision: number; readonly position: number };

/**
 * Writes for protocol clients. Unlike Muster's own, they leave all changes in the log, as in EventStoreDB: a soft delete as metadata, a tombstone as
 * an event.
 */
export class WireWrites {
  readonly #pen: LogPen;
  readonly #recent = new RecentIds();

  constructor(pen: LogPen) {
    this.#pen = pen;
  }

  /** Throws `MUSTER_E_STREAM_DELETED` and `MUSTER_E_WRONG_REVISION`. */
  take(request: WireWriteRequest): Written {
    switch (request.do) {
      case 'wire-append':
        return this.#append(request.stream, request.expected, events(request.texts));
      case 'wire-delete':
        judgeWireDeletion(
          'delete',
          request.stream,
          this.#livingState(request.stream),
          request.expected,
          this.#isDescribed(request.stream),
        );
        return this.#delete(request.stream);
      case 'wire-tombstone':
        judgeWireDeletion(
          'tombstone',
          request.stream,
          this.#livingState(request.stream),
          request.expected,
          false,
        );
        return this.#tombstone(request.stream);
    }
  }

  committed(): void {
    this.#recent.committed();
  }

  dropped(): void {
    this.#recent.dropped();
  }

  #append(
    stream: string,
    expected: Parameters<typeof judgeWireAppend>[2],
    proposed: readonly NewEvent[],
  ): Written {
    const state = this.#livingState(stream);
    const ids = proposed.map(({ id }) => id);
    const idAt = (revision: number): string | undefined => this.#pen.idAt(stream, revision);
    const verdict = judgeWireAppend(
      stream,
      state,
      expected,
      ids,
      idAt,
      (id) => this.#recent.find(id, stream),
      this.#isDescribed(stream),
    );
    if (verdict.kind === 'repeated') {
      const { revision } = verdict;
      return {
        revision,
        position: revision < state.truncateBefore ? 0 : this.#pen.positionAt(stream, revision),
      };
    }
    if (proposed.length === 0) return { revision: state.head, position: this.#pen.newest() };
    const written = this.#write(stream, state, proposed);
    if (verdict.reopens) this.#reopen(stream, verdict.revision);
    const subject = subjectOf(stream);
    if (subject !== undefined) this.#applyMetadata(stream, subject);
    return written;
  }

  #write(stream: string, state: StreamState, proposed: readonly NewEvent[]): Written {
    let revision = state.head;
    let position = 0;
    for (const event of proposed) {
      revision += 1;
      position = this.#pen.insert(stream, revision, event);
      this.#recent.note(event.id, stream, revision);
    }
    this.#pen.grew(stream, { ...state, head: revision });
    return { revision, position };
  }

  /** Applies the newest metadata. As an append does, metadata for a soft-deleted stream revives the stream. */
  #applyMetadata(metadataStream: string, subject: string): void {
    const data = this.#pen.dataAt(metadataStream, this.#pen.state(metadataStream).head) ?? '';
    const state = this.#pen.state(subject);
    const { truncateBefore } = readStreamMetadata(data);
    if (state.truncateBefore === SOFT_DELETED && truncateBefore !== SOFT_DELETED)
      this.#reopen(subject, state.head + 1);
    else if (truncateBefore !== state.truncateBefore) this.#pen.set(subject, { ...state, truncateBefore });
  }

  #reopen(stream: string, from: number): void {
    const metadataStream = metadataStreamOf(stream);
    const state = this.#pen.state(metadataStream);
    const data = state.head < 0 ? undefined : this.#pen.dataAt(metadataStream, state.head);
    this.#write(metadataStream, state, [systemEvent(METADATA_TYPE, truncatedBefore(data, from))]);
    this.#pen.set(stream, { ...this.#pen.state(stream), truncateBefore: from });
  }

  #delete(stream: string): Written {
    const metadataStream = metadataStreamOf(stream);
    const written = this.#write(metadataStream, this.#pen.state(metadataStream), [
      systemEvent(METADATA_TYPE, SOFT_DELETE_METADATA),
    ]);
    const state = this.#pen.state(stream);
    this.#pen.set(stream, { ...state, truncateBefore: SOFT_DELETED });
    return { revision: state.head, position: written.position };
  }

  #tombstone(stream: string): Written {
    const position = this.#pen.insert(stream, TOMBSTONE_REVISION, systemEvent(TOMBSTONE_TYPE, EMPTY_PAYLOAD));
    this.#pen.set(stream, { ...this.#pen.state(stream), tombstoned: true });
    return { revision: TOMBSTONE_REVISION, position };
  }

  #isDescribed(stream: string): boolean {
    return this.#pen.state(metadataStreamOf(stream)).head >= 0;
  }

  /** Returns the state of a stream. Throws if it is the metadata stream of a tombstoned stream, because it is then tombstoned, too. */
  #livingState(stream: string): StreamState {
    const subject = subjectOf(stream);
    if (subject !== undefined && this.#pen.state(subject).tombstoned)
      throw new MusterError('MUSTER_E_STREAM_DELETED', { stream });
    return this.#pen.state(stream);
  }
}

function events(texts: readonly string[]): NewEvent[] {
  const list: NewEvent[] = [];
  for (let n = 0; n < texts.length; n += 4) {
    list.push({
      id: texts[n] ?? '',
      type: texts[n + 1] ?? '',
      data: texts[n + 2] ?? '',
      metadata: texts[n + 3] ?? '',
    });
  }
  return list;
}

function systemEvent(type: string, data: string): NewEvent {
  return { id: randomUUID(), type, data, metadata: EMPTY_PAYLOAD };
}
