import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { only } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { decodePage } from '#src/engine/read-models/decoding.js';
import { plantFailingUpcaster } from '../../../fixtures/failing-upcaster.js';

const NEEDED = only(jobEvents, 'JobStopped');
const CURRENT = jobEvents.JobStopped.version;

const metadata = (v: number): string => JSON.stringify({ $correlationId: 'c', $causationId: 'd', at: 7, v });
function event(type: string, more: Partial<RecordedEvent> = {}): RecordedEvent {
  return {
    id: 'e',
    stream: 'job-a',
    revision: 3,
    position: 9n,
    created: 1,
    type,
    data: '{"jobId":"a","evaluationId":"v"}',
    metadata: metadata(1),
    ...more,
  };
}

void t.test('decodes only the needed events of a page, and counts the others as understood', async (t) => {
  const { events, understood, problem } = decodePage(
    EVENT_CATALOG,
    [event('JobDeleted', { data: 'not even JSON' }), event('JobStopped', { position: 10n })],
    NEEDED,
  );
  t.strictSame([understood, problem, events.length], [2, undefined, 1]);
  t.match(events[0], {
    type: 'JobStopped',
    data: { jobId: 'a', evaluationId: 'v' },
    id: 'e',
    stream: 'job-a',
    revision: 3,
    position: 10n,
    metadata: { at: 7 },
  });
  t.strictSame(decodePage(EVENT_CATALOG, [], NEEDED), {
    events: [],
    foreign: [],
    malformed: [],
    understood: 0,
    problem: undefined,
  });
});

void t.test("ignores foreign events, and reports those in Muster's streams", async (t) => {
  const page = [
    event('JobStopped', { stream: 'theirs' }),
    event('MoonRose', { stream: 'theirs-a' }),
    event('JobStopped', { metadata: '{}' }),
    event('MoonRose', { metadata: '' }),
  ];
  t.strictSame(decodePage(EVENT_CATALOG, page, NEEDED), {
    events: [],
    foreign: page.slice(2),
    malformed: [],
    understood: 4,
    problem: undefined,
  });
});

void t.test('ignores events whose data cannot be read, and names them', async (t) => {
  const page = [
    event('JobStopped', { data: '{}' }),
    event('JobStopped', { data: 'not even JSON' }),
    event('JobStopped'),
  ];
  const { events, malformed, understood } = decodePage(EVENT_CATALOG, page, NEEDED);
  t.strictSame([events.length, understood], [1, 3]);
  t.match(malformed, [
    {
      event: page[0],
      error: { message: /JobStopped at position 9 \(stream job-a, revision 3\).*is missing/ },
    },
    { event: page[1], error: { message: /JSON/ } },
  ]);
});

void t.test('stops at an unknown event of Muster, needed or not', async (t) => {
  for (const [unknown, fields] of [
    [event('MoonRose', { metadata: metadata(4) }), { type: 'MoonRose', version: 4 }],
    [event('JobStopped', { metadata: metadata(CURRENT + 1) }), { type: 'JobStopped', version: CURRENT + 1 }],
    [event('JobDeleted', { metadata: metadata(99) }), { type: 'JobDeleted', version: 99 }],
    [event('ClusterLevelRaised', { stream: 'cluster', data: '{"level":99}' }), { version: 1 }],
  ] as const) {
    const { events, understood, problem } = decodePage(
      EVENT_CATALOG,
      [event('JobStopped'), unknown, event('JobStopped')],
      NEEDED,
    );
    t.strictSame([events.length, understood], [1, 1]);
    t.match(problem, { code: 'MUSTER_E_EVENT_UNKNOWN', fields });
  }
});

void t.test('sets an event aside whose upcaster fails, and continues', async (t) => {
  plantFailingUpcaster(t, 'JobSubmitted');
  const old = event('JobSubmitted', { data: JSON.stringify({ jobId: 'a' }) });
  const { events, malformed, understood } = decodePage(
    EVENT_CATALOG,
    [old, event('JobStopped')],
    only(jobEvents, 'JobSubmitted', 'JobStopped'),
  );
  t.match(events, [{ type: 'JobStopped' }]);
  t.equal(understood, 2);
  t.match(malformed, [{ event: old, error: { code: 'MUSTER_E_EVENT_NOT_UPCAST' } }]);
});
