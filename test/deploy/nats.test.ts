import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'nats';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { Program } from '../fixtures/program.js';

t.setTimeout(60_000 * PATIENCE);

const ROOT = join(import.meta.dirname, '../../..');
const CONFIGURATION = join(ROOT, 'deploy/nats/nats.conf');

onEachNats(
  t,
  'a watcher of deploy/nats/nats.conf receives events and can publish nothing',
  async (t, binary) => {
    const [folder, port, monitor] = [ownFolder(t), await freePort(), await freePort()];
    for (const each of ['etc/nats', 'run/secrets']) mkdirSync(join(folder, each), { recursive: true });
    // The folder of the container's volume is the only change. The ports are those of the arguments.
    const configuration = readFileSync(CONFIGURATION, 'utf8').replace(
      'store_dir: /data',
      `store_dir: "${folder}"`,
    );
    writeFileSync(join(folder, 'etc/nats/nats.conf'), configuration);
    const passwords = 'muster_password: "of-muster"\nwatcher_password: "of-watcher"\n';
    writeFileSync(join(folder, 'run/secrets/nats_passwords'), passwords);
    const program = Program.start({
      command: binary.path,
      args: [
        '-c',
        join(folder, 'etc/nats/nats.conf'),
        '-a',
        '127.0.0.1',
        '-p',
        `${port}`,
        '-m',
        `${monitor}`,
      ],
    });
    t.teardown(() => program.end('SIGKILL'));
    const login = async (user: string) => {
      const connection = await eventually(
        async () => await connect({ servers: `127.0.0.1:${port}`, user, pass: `of-${user}` }),
        { what: `the login of ${user}` },
      );
      t.teardown(() => connection.close());
      return connection;
    };
    const [muster, watcher] = [await login('muster'), await login('watcher')];
    const published: string[] = [];
    muster.subscribe('>', { callback: (_error, { subject }) => void published.push(subject) });
    await muster.flush();
    const events: string[] = [];
    watcher.subscribe('muster.events.>', { callback: (_error, { subject }) => void events.push(subject) });
    const refused: string[] = [];
    for (const subject of ['muster.seen', 'muster.publisher', 'muster.node.*.orders', 'muster.inbox.>'])
      watcher.subscribe(subject, { callback: (error) => void (error !== null && refused.push(subject)) });
    const forbidden = [
      'muster.seen',
      'muster.publisher',
      'muster.workers',
      'muster.events.node.NodeWentDown',
    ];
    for (const subject of forbidden) watcher.publish(subject, 'forged');
    await watcher.flush();
    muster.publish('muster.events.node.NodeRegistered', 'an event');
    await eventually(() => events.length > 0 && refused.length === 4);
    await eventually(() => published.length > 0);
    t.same(published, ['muster.events.node.NodeRegistered'], 'nothing of the watcher arrived');
    t.same(events, ['muster.events.node.NodeRegistered']);
  },
);

void t.test('the documentation shows the same rights', async (t) => {
  const [, rights = 'none'] =
    /user: watcher.*?(permissions: .*) \}$/m.exec(readFileSync(CONFIGURATION, 'utf8')) ?? [];
  t.ok(readFileSync(join(ROOT, 'docs/flows/messaging.md'), 'utf8').includes(rights), rights);
});
