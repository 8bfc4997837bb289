import { join } from 'node:path';
import type { WireLog } from '../wire-log.js';
import { openForReading } from './database.js';
import type { SqliteEventStoreHandle } from './open.js';
import { SqliteReader } from './reader.js';
import { LOG_FILE } from './schema.js';
import { SharedHead } from './shared-head.js';
import { WriterClient, type QueueBounds } from './writer-client.js';

/** Large enough for everything that the protocol server admits at once. That server has its own limits. */
const QUEUE: QueueBounds = { appends: 8192, bytes: 256 * 1024 * 1024 };

const PAGE_CHARACTERS = 512 * 1024;

export function connectWireLog({ directory, slot, port, id, shared }: SqliteEventStoreHandle): WireLog {
  const head = new SharedHead(shared);
  const writer = new WriterClient(port, slot, head, QUEUE, () => undefined);
  const reader = new SqliteReader(openForReading(join(directory, LOG_FILE)).database);
  return {
    id,
    newest: () => head.position,
    state: (stream) => reader.streamState(stream),
    events: (stream, low, high, step) => reader.streamWithin(stream, low, high, step, PAGE_CHARACTERS),
    forwards: (after, limit) => reader.forwardsWithin(after, limit, PAGE_CHARACTERS),
    backwards: (before, limit) => reader.backwardsWithin(before, limit, PAGE_CHARACTERS),
    grown: (position, signal) => writer.grown(position, signal),
    append: ({ stream, expected, events }) => {
      const texts: string[] = [];
      let characters = 0;
      for (const { id, type, data, metadata } of events) {
        texts.push(id, type, data, metadata);
        characters += data.length + metadata.length;
      }
      return writer.send({ do: 'wire-append', stream, expected, texts }, characters);
    },
    delete: (stream, expected) => writer.send({ do: 'wire-delete', stream, expected }, 0),
    tombstone: (stream, expected) => writer.send({ do: 'wire-tombstone', stream, expected }, 0),
    async close() {
      await writer.drain();
      reader.close();
      port.close();
    },
  };
}
