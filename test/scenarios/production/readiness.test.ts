import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { connectEventStore } from '#src/stores/connect.js';
import { readRecorded } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { productionMissing, startSurroundings } from '../../fixtures/wiring/production.js';

const SINCE = String.raw`since \d{4}-\d\d-\d\dT[\d:.]+Z`;

/** The response while no dependency fails. FerretDB has no user accounts, so it accepts clients without credentials, which is reported at all times. */
const WELL = new RegExp(String.raw`^\{"status":"degraded: store-credentials ${SINCE}"\}$`);

/** Returns the response of `/readyz`, and the values of `muster_ready` for these checks. */
async function said(
  server: Server,
  ...checks: string[]
): Promise<{ status: number; text: string; ready: (string | undefined)[] }> {
  const [readyz, metrics] = await Promise.all([
    server.api.get('/readyz', { timeout: 10_000 }),
    server.api.get('/metrics', { timeout: 10_000 }),
  ]);
  const ready = checks.map(
    (check) => new RegExp(`^muster_ready\\{check="${check}"\\} (\\d)`, 'm').exec(metrics.text)?.[1],
  );
  return { status: readyz.status, text: readyz.text, ready };
}

async function fails(t: Test, server: Server, check: string, status = 503): Promise<void> {
  // On a busy machine the projector may be behind for a moment too, which has a status of its own.
  const now = await eventually(
    async () => {
      const now = await said(server, check);
      if (!new RegExp(`${check} ${SINCE}`).test(now.text) || now.status !== status)
        throw new Error(`${now.status} ${now.text}`);
      return now;
    },
    { timeout: 30_000, what: `${check} as a failed check, and status ${status}` },
  );
  t.strictSame(now.ready, ['0'], 'the metric for the alert is 0');
  t.match(
    (await server.api.get('/metrics')).text,
    new RegExp(`^muster_failing_since_seconds\\{check="${check}"\\} \\d`, 'm'),
  );
}

async function isWell(t: Test, server: Server, check: string): Promise<void> {
  await eventually(
    async () => {
      const { status, text } = await said(server);
      if (status !== 200 || !WELL.test(text)) throw new Error(`${status} ${text}`);
      return true;
    },
    { timeout: 30_000, what: `${check} as a passed check, and no other failed check` },
  );
  t.strictSame((await said(server, check)).ready, ['1']);
}

void t.test(
  'readiness reports each unavailable dependency of a server until it is available again',
  async (t) => {
    if (!required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring'))
      return;
    const folder = ownFolder(t);
    const { wiring, store, mongo, nats } = await startSurroundings(t, folder);
    const server = await startServer(t, { dataDir: join(folder, 'server'), wiring });
    await server.api.submit({ job_id: 'one', ...job('one') });
    await isWell(t, server, 'event-store');

    await t.test('readiness reports a killed event store', async (t) => {
      await store.kill();
      await fails(t, server, 'event-store');
      await store.start();
      await isWell(t, server, 'event-store');
    });

    await t.test('readiness reports an event store that hangs with open connections', async (t) => {
      store.pause();
      await fails(t, server, 'event-store');
      store.resume();
      await isWell(t, server, 'event-store');
    });

    await t.test('readiness reports a killed store of read models', async (t) => {
      await mongo.kill();
      await fails(t, server, 'read-models');
      await mongo.start();
      await isWell(t, server, 'read-models');
    });

    await t.test('while NATS is down readiness reports it, but still responds with 200', async (t) => {
      await nats.kill();
      await fails(t, server, 'nats', 200);
      await nats.start();
      await isWell(t, server, 'nats');
    });

    await t.test('an event of a newer version stops the projector and the scheduler', async (t) => {
      const [known] = await readRecorded(server, { types: ['JobSubmitted'] });
      const log = await connectEventStore({ categories: ALL_CATEGORIES, kind: 'esdb', url: store.url });
      t.teardown(() => log.close());
      await log.append({
        stream: 'job-future',
        expected: 'no_stream',
        events: [
          { id: randomUUID(), type: 'JobFromTheFuture', data: '{}', metadata: known?.metadata ?? '{}' },
        ],
      });
      await fails(t, server, 'projector');
      await fails(t, server, 'schedulers');
      t.equal((await server.api.get('/jobs/one')).status, 200, 'existing data is still served');
    });
  },
);
