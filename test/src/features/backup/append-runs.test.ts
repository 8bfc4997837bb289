import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, EventStore } from '#domain/kernel/ports/event-store.js';
import { appendRuns } from '#src/features/backup/append-runs.js';
import type { ExportedEvent } from '#src/features/backup/export-line.js';
import { MAX_APPEND_BYTES, MAX_APPEND_EVENTS } from '#src/engine/event-store/index.js';

const event = (stream: string, revision: number, data = '{}'): ExportedEvent => ({
  stream,
  revision,
  id: `${stream}@${revision}`,
  type: 'T',
  data,
  metadata: '{}',
  position: '1',
  created: 1,
});
const run = (stream: string, count: number, data?: string): ExportedEvent[] =>
  Array.from({ length: count }, (_, revision) => event(stream, revision, data));

/** Appends them to a store that records requests and returns scripted responses. */
async function appended(
  events: readonly ExportedEvent[],
  { underWay = 1, answer = (request: AppendRequest) => lastOf(request) } = {},
) {
  const requests: AppendRequest[] = [];
  let open = 0;
  let most = 0;
  const store = {
    append: async (request: AppendRequest) => {
      requests.push(request);
      open += 1;
      most = Math.max(most, open);
      await new Promise(setImmediate);
      open -= 1;
      return { revision: answer(request), position: 1n };
    },
  } as unknown as EventStore;
  async function* each(): AsyncGenerator<ExportedEvent, void, undefined> {
    for (const one of events) yield await Promise.resolve(one);
  }
  let written = 0;
  const failure = await appendRuns(store, each(), underWay, (count) => (written += count)).catch(
    (error: unknown) => error,
  );
  return {
    written,
    failure,
    most,
    requests,
    asked: requests.map(({ stream, expected, events: { length } }) => [stream, expected, length]),
  };
}

const lastOf = ({ expected, events }: AppendRequest): number =>
  (typeof expected === 'number' ? expected : -1) + events.length;

void t.test('combines consecutive events of a stream into one append at their revision', async (t) => {
  const { asked, written, requests, failure } = await appended([
    event('a', 0),
    event('a', 1),
    event('b', 5),
    event('a', 2),
    event('a', 3),
    event('a', 7),
  ]);
  t.strictSame(asked, [
    ['a', 'no_stream', 2],
    ['b', 4, 1],
    ['a', 1, 2],
    ['a', 6, 1],
  ]);
  t.strictSame([written, failure], [6, undefined]);
  t.strictSame(requests[0]?.events, [
    { id: 'a@0', type: 'T', data: '{}', metadata: '{}' },
    { id: 'a@1', type: 'T', data: '{}', metadata: '{}' },
  ]);
});

void t.test('appends nothing if there are no events', async (t) => {
  t.match(await appended([]), { asked: [], written: 0, failure: undefined });
});

void t.test("fills an append up to the store's limits of events and bytes", async (t) => {
  t.strictSame((await appended(run('a', MAX_APPEND_EVENTS + 1))).asked, [
    ['a', 'no_stream', MAX_APPEND_EVENTS],
    ['a', MAX_APPEND_EVENTS - 1, 1],
  ]);
  const half = MAX_APPEND_BYTES / 2 - '{}'.length - 'T'.length;
  t.strictSame((await appended(run('a', 3, 'x'.repeat(half)))).asked, [
    ['a', 'no_stream', 2],
    ['a', 1, 1],
  ]);
  t.strictSame(
    (await appended(run('a', 2, `${'x'.repeat(half - 1)}é`))).asked.length,
    2,
    'the limit counts bytes, not characters',
  );
});

void t.test('keeps a limited number of appends in progress', async (t) => {
  const events = Array.from({ length: 20 }, (_, index) => event(`s${index}`, 0));
  t.equal((await appended(events)).most, 1);
  t.equal((await appended(events, { underWay: 4 })).most, 4);
});

void t.test('refuses events of a stream that has events from before the import', async (t) => {
  const { failure, written } = await appended([event('a', 0), event('a', 1)], { answer: () => 9 });
  t.match(failure, {
    code: 'MUSTER_E_IMPORT_REFUSED',
    message: /stream a is at revision 9, not 1: it had events before the import/,
  });
  t.equal(written, 0);
});

void t.test('sends no appends after a failure, and counts the events that were written', async (t) => {
  let appends = 0;
  const answer = (request: AppendRequest): number => {
    appends += 1;
    if (appends === 2) throw new MusterError('MUSTER_E_STORE_FULL');
    return lastOf(request);
  };
  const { failure, asked, written } = await appended(
    [event('a', 0), event('b', 0), event('c', 0), event('d', 0), event('e', 0)],
    { answer },
  );
  t.match(failure, { code: 'MUSTER_E_STORE_FULL' });
  t.strictSame([asked.length, written], [2, 1]);
});

void t.test('writes the events that were read before a read failure', async (t) => {
  const store = {
    append: async (request: AppendRequest) => Promise.resolve({ revision: lastOf(request), position: 1n }),
  } as unknown as EventStore;
  async function* broken(): AsyncGenerator<ExportedEvent, void, undefined> {
    yield await Promise.resolve(event('a', 0));
    yield event('a', 1);
    throw new Error('cut short');
  }
  let written = 0;
  await t.rejects(
    appendRuns(store, broken(), 1, (count) => (written += count)),
    { message: 'cut short' },
  );
  t.equal(written, 2);
});
