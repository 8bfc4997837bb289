import { randomBytes } from 'node:crypto';
import t from 'tap';
import { pino } from 'pino';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { WORKERS_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import { workersBatch, type WorkerSeen } from '#domain/protocol/index.js';
import { broadcastOverNats } from '#src/messaging/index.js';
import { ServerMessages } from '#src/messaging/server-messages.js';
import { WorkerHeartbeats } from '#src/surfaces/tasks/worker-heartbeats.js';
import { eventually } from '../../../fixtures/eventually.js';
import { NatsServer } from '../../../fixtures/nats-server.js';
import { onEachNats, openLink } from '../../../fixtures/nats-scene.js';

const BEAT = { status: 'online', current_tasks: 0, system_info: { cpu_usage: 45.2 } } as const;

onEachNats(
  t,
  'servers show the workers of other servers, and continue after NATS restarts',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const said: { readonly code: string }[] = [];
    const logger = pino(
      { base: null, timestamp: false },
      { write: (line) => said.push(JSON.parse(line) as { code: string }) },
    );
    const key = randomBytes(32);
    const open = async (server: string) => {
      const link = openLink(t, nats.url);
      const options = { link, clock: systemClock, logger, server, key, everyMs: 20 };
      const seen = broadcastOverNats<WorkerSeen>({
        ...options,
        subject: WORKERS_SUBJECT,
        schema: workersBatch,
        malformed: 'malformed',
      });
      t.teardown(() => seen.close());
      await link.whenConnected(10_000);
      await link.flush(10_000);
      return {
        link,
        workers: new WorkerHeartbeats({ clock: systemClock, timeoutMs: 60_000, isNode: () => false, seen }),
      };
    };
    const [one, two] = await Promise.all([open('one'), open('two')]);
    one.workers.heard('w.1', BEAT);
    two.workers.heard('w.2', { ...BEAT, status: 'busy' });
    for (const { workers } of [one, two]) {
      await eventually(() => workers.alone().length === 2, { what: 'both workers on both servers' });
      t.match(workers.alone(), [
        ['w.1', BEAT],
        ['w.2', { ...BEAT, status: 'busy' }],
      ]);
    }
    t.match(
      [one.workers.of('w.1')?.here, two.workers.of('w.1')?.here],
      [true, false],
      'a server does not replace its own heartbeats with those of others',
    );

    const sign = { worker_id: 'junk', age_ms: 0, status: 'online', current_tasks: 0 };
    const junk: object[] = [{ server: 'x', seen: 7 }];
    for (const wrong of [
      { worker_id: '../x' },
      { age_ms: -1 },
      { status: 'well' },
      { current_tasks: 0.5 },
      { system_info: { cpu_usage: 101 } },
    ])
      junk.push({ server: 'x', seen: [{ ...sign, ...wrong }] });
    const other = new ServerMessages({ link: one.link, clock: systemClock, logger, key, server: 'x' });
    for (const message of junk) other.publish(WORKERS_SUBJECT, message);
    await eventually(() => said.length === 2 * junk.length, {
      what: 'one log line per server and message',
    });
    t.ok(said.every(({ code }) => code === 'malformed'));
    t.equal(two.workers.alone().length, 2);

    await nats.kill();
    await eventually(() => !one.link.status().connected);
    one.workers.heard('meanwhile', BEAT);
    await nats.start();
    await Promise.all([one.link.whenConnected(30_000), two.link.whenConnected(30_000)]);
    await eventually(() => {
      one.workers.heard('meanwhile', BEAT);
      return two.workers.of('meanwhile') !== undefined;
    });
  },
);
