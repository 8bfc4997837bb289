import t from 'tap';
import { decode, isOurs } from '#test/fixtures/muster-events.js';
import { eventSummary } from '#src/cli/log/event-line.js';
import { WHOLE } from '#src/cli/shared/look.js';

void t.test('names the API key that an account used', (t) => {
  const event = {
    position: '1',
    stream: 'job-hello',
    revision: 1,
    id: 'e',
    type: 'JobStopped',
    at: '2026-11-20T14:32:00.000Z',
    data: { jobId: 'hello', reason: 'requested' },
    metadata: {
      $correlationId: 'c',
      $causationId: 'c',
      at: 1,
      v: 1,
      actor: 'user:a',
      apiKey: '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11',
    },
  };
  const look = { ...WHOLE, now: 0 };
  const names = new Map([
    ['a', 'alice'],
    [event.metadata.apiKey, 'ci'],
  ]);
  t.equal(eventSummary(event, { decode, isOurs }, look, (id) => names.get(id))[1], 'alice (key ci)');
  names.delete(event.metadata.apiKey);
  t.equal(eventSummary(event, { decode, isOurs }, look, (id) => names.get(id))[1], 'alice (key 6a1f5c39)');
  t.end();
});
