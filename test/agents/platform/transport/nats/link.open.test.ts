import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { codedLog } from '#agents/platform/log.js';
import { openNats } from '#agents/platform/transport/nats/link.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { freePort } from '../../../../fixtures/free-port.js';
import { onEachNats } from '../../../../fixtures/nats-scene.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { Program } from '../../../../fixtures/program.js';
import { logger } from '../../../../src/fleet/nodes/cluster.js';

t.setTimeout(120_000 * PATIENCE);

function open(t: Test, url: string, acceptOpen = false) {
  const link = openNats({
    url,
    acceptOpen,
    name: 'test',
    clock: systemClock,
    log: codedLog(logger),
    random: () => 0.5,
  });
  t.teardown(() => link.close());
  return link;
}

const SAYS = /accepts clients without credentials.*MUSTER_NATS_WITHOUT_CREDENTIALS=accept/;

onEachNats(
  t,
  'refuses a NATS server that accepts anyone, even with credentials in its URL, unless a setting allows it',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary, open: true });
    for (const url of [nats.url, nats.urlFor('muster:password')]) {
      const link = open(t, url);
      await eventually(() => SAYS.test(link.status().problem ?? ''), {
        what: 'the reason in the status of the link',
      });
      t.notOk(link.status().connected);
      t.notOk(link.publish('muster.seen', 'x'));
      await t.rejects(
        link.request('muster.register.bjE', '{}', (await import('nats')).headers(), 1000),
        /no connection to NATS/,
      );
    }
    t.ok(await open(t, nats.url, true).whenConnected(10_000));
  },
);

onEachNats(t, 'refuses a NATS server with a default user', async (t, binary) => {
  const port = await freePort();
  const configuration = join(ownFolder(t), 'nats.conf');
  writeFileSync(
    configuration,
    `listen: "127.0.0.1:${port}"\naccounts { A { users: [ { user: a, password: b } ] } }\nno_auth_user: a\n`,
  );
  const program = Program.start({ command: binary.path, args: ['-c', configuration] });
  t.teardown(() => program.end('SIGKILL'));
  const link = open(t, `nats://a:b@127.0.0.1:${port}`);
  await eventually(() => SAYS.test(link.status().problem ?? ''), {
    what: 'the reason in the status of the link',
  });
  t.notOk(link.status().connected);
});

onEachNats(
  t,
  'leaves a server that restarts without users, and reconnects when it has users again',
  async (t, binary) => {
    const closed = await NatsServer.start(t, { binary });
    const link = open(t, closed.url);
    t.ok(await link.whenConnected(10_000));
    await closed.kill();
    const configuration = join(ownFolder(t), 'nats.conf');
    writeFileSync(configuration, `listen: "127.0.0.1:${closed.port}"\n`);
    const program = Program.start({ command: binary.path, args: ['-c', configuration] });
    t.teardown(() => program.end('SIGKILL'));
    await eventually(() => SAYS.test(link.status().problem ?? ''), { what: 'the end of the connection' });
    t.notOk(link.status().connected);
    await program.end('SIGKILL');
    await closed.start();
    await eventually(() => link.status().connected, { timeout: 30_000, what: 'the new connection' });
  },
);
