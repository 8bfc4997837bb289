import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, EventStore } from '#domain/kernel/ports/event-store.js';
import { appendRuns } from '#src/engine/backup/append-runs.js';
import type { ExportedEvent } from '#src/engine/backup/export-line.js';
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

/** Appends them to a store that says what it was asked, and answers as it is told. */
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

void t.test(
  'events that follow one another in a stream are one append, at the revision where they stand',
  async (t) => {
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
  },
);

void t.test('nothing is appended of nothing', async (t) => {
  t.match(await appended([]), { asked: [], written: 0, failure: undefined });
});

void t.test('an append holds as many events and bytes as the store takes, and no more', async (t) => {
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
    'bytes, not characters',
  );
});

void t.test('so many appends are under way at once', async (t) => {
  const events = Array.from({ length: 20 }, (_, index) => event(`s${index}`, 0));
  t.equal((await appended(events)).most, 1);
  t.equal((await appended(events, { underWay: 4 })).most, 4);
});

void t.test('what stands elsewhere than it should was there before, and is refused', async (t) => {
  const { failure, written } = await appended([event('a', 0), event('a', 1)], { answer: () => 9 });
  t.match(failure, { code: 'MUSTER_E_IMPORT_REFUSED', message: /a is at 9, not at 1: it was there before/ });
  t.equal(written, 0);
});

void t.test('after a failure nothing more is sent, and what was written is counted', async (t) => {
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

void t.test('where no more can be read what came before is kept', async (t) => {
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
