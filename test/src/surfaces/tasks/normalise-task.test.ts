import t from 'tap';
import { shownBody, normaliseTask } from '#src/surfaces/tasks/normalise-task.js';

const said = { name: 'a', executor: 'shell', command: 'true' };

void t.test('fills in defaults, and omits empty fields', async (t) => {
  const whole = normaliseTask({ ...said, environment: {}, run_at: '2030-01-01T01:00:00+01:00' });
  t.match(whole, {
    ...said,
    timezone: 'UTC',
    priority: 'normal',
    labels: {},
    resources: { cpu: 100, memory: 128 },
    run_at: '2030-01-01T00:00:00.000Z',
  });
  t.notOk('environment' in whole);
  t.same(normaliseTask(whole), whole);
});

void t.test('converts a task back to the body that creates it', async (t) => {
  const shown = { id: 1, status: 'paused', ...normaliseTask(said), last_run: null, schedule_text: null };
  t.same(shownBody(shown), normaliseTask(said));
  const call = { name: 'a', executor: 'http', url: 'https://example.com/' };
  t.same(shownBody({ id: 1, ...normaliseTask(call) }), normaliseTask(call));
});

void t.test('refuses invalid tasks, and reports the field', async (t) => {
  t.throws(() => normaliseTask({ ...said, privileged: true }), /privileged: is not a known key/);
  t.throws(() => normaliseTask('x'));
});

void t.test('accepts an expected status as a number or a list', async (t) => {
  const call = { name: 'a', executor: 'http', url: 'https://example.com/' };
  t.match(normaliseTask({ ...call, expect: { status: 204 } }), { expect: { status: [204] } });
  t.same(
    normaliseTask({ ...call, expect: { status: 204 } }),
    normaliseTask({ ...call, expect: { status: [204] } }),
  );
  t.throws(() => normaliseTask({ ...call, expect: { status: 99 } }), /expect\.status/);
  t.throws(() => normaliseTask({ ...call, expect: { status: '204' } }), /expect\.status/);
  t.throws(() => normaliseTask({ ...call, expect: { status: [] } }), /expect\.status/);
});
