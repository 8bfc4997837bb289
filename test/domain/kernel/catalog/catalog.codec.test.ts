import t from 'tap';
import { z } from 'zod';
import { checkLevel, isUnreadable, upcasted } from '#domain/kernel/catalog/index.js';
import { decode, decodeOurs, definitionOf, encode } from '#test/fixtures/muster-events.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

const metadata = { $correlationId: 'c', $causationId: 'd', at: 7 };

function recorded(type: string, data: unknown, v = 1, stream = 'job-a'): RecordedEvent {
  return {
    id: 'e',
    stream,
    revision: 3,
    position: 9n,
    created: 1,
    type,
    data: JSON.stringify(data),
    metadata: JSON.stringify({ ...metadata, v }),
  };
}

void t.test('an event is encoded by its schema, and decodes to the same event', async (t) => {
  const event = { type: 'JobStopped', data: { jobId: 'a', evaluationId: 'v' } };
  const written = encode(event, { ...metadata, actor: 'user:1' });
  t.equal(written.type, 'JobStopped');
  t.strictSame(JSON.parse(written.data), event.data);
  t.strictSame(JSON.parse(written.metadata), {
    ...metadata,
    actor: 'user:1',
    v: definitionOf('JobStopped')?.version,
  });
  const read = decode({ id: 'e', stream: 'job-a', revision: 3, position: 9n, created: 1, ...written });
  t.match(read, {
    ...event,
    id: 'e',
    stream: 'job-a',
    revision: 3,
    position: 9n,
    metadata: { $correlationId: 'c', at: 7 },
  });
});

void t.test('an event that does not match its schema is never written', async (t) => {
  for (const data of [{ jobId: 'a' }, { jobId: 'a', evaluationId: 'v', more: 1 }, null])
    t.throws(() => encode({ type: 'JobStopped', data }, metadata));
  for (const type of ['MoonRose', 'toString', ''])
    t.throws(
      () => encode({ type, data: {} }, metadata),
      { code: 'MUSTER_E_EVENT_UNKNOWN', fields: { type, version: 0 } },
      type,
    );
});

void t.test('an unknown event or version is an error and is never skipped', async (t) => {
  const { version = 0 } = definitionOf('JobStopped') ?? {};
  const event = { jobId: 'a', evaluationId: 'v' };
  t.equal(decode(recorded('JobStopped', event, version)).type, 'JobStopped');
  t.throws(() => decode(recorded('JobStopped', event, version + 1)), {
    code: 'MUSTER_E_EVENT_UNKNOWN',
    fields: { type: 'JobStopped', version: version + 1 },
  });
  t.throws(() => decode(recorded('MoonRose', {}, 4)), {
    code: 'MUSTER_E_EVENT_UNKNOWN',
    fields: { type: 'MoonRose', version: 4 },
  });
});

void t.test('foreign events are skipped', async (t) => {
  t.equal(decodeOurs({ ...recorded('MoonRose', {}), stream: 'theirs' }), undefined);
  t.equal(decodeOurs({ ...recorded('MoonRose', {}), metadata: '{}' }), undefined);
  t.equal(decodeOurs(recorded('JobStopped', { jobId: 'a', evaluationId: 'v' }))?.type, 'JobStopped');
  t.throws(() => decodeOurs(recorded('MoonRose', {})), { code: 'MUSTER_E_EVENT_UNKNOWN' });
});

void t.test('reading stops at a cluster level that this program does not support', async (t) => {
  checkLevel({ type: 'ClusterLevelRaised', data: '{"level":1}' });
  checkLevel({ type: 'JobStopped', data: 'no JSON' });
  t.throws(() => checkLevel({ type: 'ClusterLevelRaised', data: '{"level":2}' }), {
    code: 'MUSTER_E_EVENT_UNKNOWN',
    fields: { type: 'ClusterLevelRaised to 2', version: 1 },
  });
  t.equal(decode(recorded('ClusterLevelRaised', { level: 1 }, 1, 'cluster')).type, 'ClusterLevelRaised');
  t.throws(() => decode(recorded('ClusterLevelRaised', { level: 2 }, 1, 'cluster')), {
    code: 'MUSTER_E_EVENT_UNKNOWN',
  });
});

void t.test(
  'a failure of an upcaster is told apart from malformed data, and both name the event',
  async (t) => {
    const schema = z.strictObject({ jobId: z.string() });
    const wrong = {
      version: 3,
      schema,
      upcasters: {
        1: (data: unknown) => data,
        2: () => {
          throw new Error('the upcaster is wrong');
        },
      },
    };
    const event = recorded('JobStopped', { jobId: 'a' }, 1);
    const named = { type: 'JobStopped', stream: 'job-a', revision: 3, position: '9' };
    t.throws(() => upcasted(event, wrong, 1), {
      code: 'MUSTER_E_EVENT_NOT_UPCAST',
      fields: { ...named, version: 2, problem: 'the upcaster is wrong' },
    });
    t.throws(() => decode(recorded('JobStopped', {}, 1)), {
      code: 'MUSTER_E_EVENT_MALFORMED',
      fields: { ...named, version: 1, problem: 'jobId is missing' },
    });
    for (const version of [1, 2]) {
      const error = errorOf(() => upcasted(event, wrong, version));
      t.ok(isUnreadable(error), 'the event is set aside');
      t.match(String(error), 'position 9 (stream job-a, revision 3)');
    }
  },
);

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
