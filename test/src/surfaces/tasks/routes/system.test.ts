import t from 'tap';
import type { ReadinessCheck } from '#src/http/index.js';
import { openTestApi } from '../../../http/support/test-api.js';

const NAMES = ['serving', 'projector', 'event-store', 'read-models', 'nats'];
let failing: readonly string[] = [];
const readiness = (): ReadinessCheck[] => NAMES.map((name) => ({ name, ok: !failing.includes(name) }));
const api = await openTestApi(t, { readiness });

async function health(): Promise<{ readonly success: boolean; readonly data: Record<string, unknown> }> {
  const said = await api.say('GET', '/api/health');
  t.equal(said.status, 200);
  return said.json();
}

void t.test('serves health to everyone, with the state of the database and the message queue', async (t) => {
  t.match(await health(), {
    success: true,
    data: {
      status: 'healthy',
      database: 'connected',
      message_queue: 'connected',
      uptime_seconds: Number,
      version: /^\d+\.\d+\.\d+/,
    },
  });
  for (const name of ['event-store', 'read-models']) {
    failing = [name];
    t.match(
      (await health()).data,
      { status: 'degraded', database: 'disconnected', message_queue: 'connected' },
      name,
    );
  }
  failing = ['nats'];
  t.match((await health()).data, {
    status: 'degraded',
    database: 'connected',
    message_queue: 'disconnected',
  });
  failing = ['projector'];
  t.match((await health()).data, { status: 'degraded', database: 'connected', message_queue: 'connected' });
});
