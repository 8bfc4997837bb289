import { openSqliteEventStore } from '#src/engine/event-store/index.js';

/** Appends one event. Nothing may keep this process alive afterwards. */
const [directory = ''] = process.argv.slice(2);
const store = await openSqliteEventStore({ directory });
await store.append({
  stream: 's-1',
  expected: 'no_stream',
  events: [{ id: '00000000-0000-4000-8000-000000000001', type: 'Left', data: '{}', metadata: '{}' }],
});
