import t from 'tap';
import { decode, encode } from '#test/fixtures/muster-events.js';
import { publishedEvent, sourceOf, toPublish } from '#domain/kernel/published-event.js';

const recorded = (actor?: string) => {
  const texts = encode(
    { type: 'JobDeleted', data: { jobId: 'a', evaluationId: 'e' } },
    { $correlationId: 'c', $causationId: 'x', at: 1, ...(actor !== undefined && { actor }) },
  );
  return decode({
    id: '00000000-0000-4000-8000-000000000001',
    stream: 'job-a',
    revision: 0,
    position: 1n,
    created: 1,
    ...texts,
  });
};

void t.test('a published event contains the actor, if there is one', (t) => {
  const event = toPublish(recorded('user:7'), 'store', 1);
  t.equal(event.actor, 'user:7');
  t.equal(publishedEvent.parse(event).actor, 'user:7');
  t.notOk('actor' in toPublish(recorded(), 'store', 1));
  t.end();
});

void t.test(
  'a published event has its type, stream and time, and a sequence that sorts like its position',
  (t) => {
    t.equal(sourceOf('store'), 'urn:muster:store');
    t.strictSame(toPublish(recorded(), 'store', 4), {
      specversion: '1.0',
      id: '00000000-0000-4000-8000-000000000001',
      source: 'urn:muster:store',
      type: 'muster.job.JobDeleted',
      subject: 'job-a',
      time: '1970-01-01T00:00:00.001Z',
      datacontenttype: 'application/json',
      sequence: '00000000000000000001',
      revision: 0,
      dataversion: 4,
      correlationid: 'c',
      causationid: 'x',
      data: { jobId: 'a', evaluationId: 'e' },
    });
    t.end();
  },
);
