import { parentPort, workerData } from 'node:worker_threads';
import { connectSqliteEventStore, type SqliteEventStoreHandle } from '#src/engine/event-store/index.js';

/** Another thread of the process: appends a `pong` event for each `ping` event, then ends on request. */
const { handle, filter } = workerData as { handle: SqliteEventStoreHandle; filter: string };
const store = connectSqliteEventStore(handle);
const stop = new AbortController();
parentPort?.once('message', () => {
  stop.abort();
});
for await (const message of store.subscribe({ filter: { streamPrefixes: [filter] }, signal: stop.signal })) {
  if (message.kind === 'caughtUp') parentPort?.postMessage('ready');
  if (message.kind !== 'events') continue;
  for (const event of message.events) {
    const { id, type, data, metadata } = event;
    await store.append({
      stream: `pong-${event.stream}`,
      expected: event.revision === 0 ? 'no_stream' : event.revision - 1,
      events: [{ id, type, data, metadata }],
    });
  }
}
await store.close();
