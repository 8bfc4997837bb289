import t from 'tap';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { job } from '../fixtures/jobs.js';
import { logged, serverOnStore } from '../fixtures/remote-log.js';
import { hasOpenssl, selfSigned } from '../fixtures/self-signed.js';

t.setTimeout(600_000);

const nobody = await freePort();

/** Every form of a connection string. All members of a cluster are away where the one that there is has been killed. */
const FORMS: Readonly<Record<string, (port: number, tls: string) => string>> = {
  'one host': (port, tls) => `esdb://127.0.0.1:${port}?${tls}`,
  'several hosts': (port, tls) => `esdb://127.0.0.1:${port},127.0.0.1:${nobody}?${tls}`,
  'several hosts, the first one dead': (port, tls) => `esdb://127.0.0.1:${nobody},127.0.0.1:${port}?${tls}`,
  discovery: (port, tls) => `esdb+discover://127.0.0.1:${port}?${tls}`,
  KurrentDB: (port, tls) => `kurrentdb://127.0.0.1:${port},127.0.0.1:${nobody}?${tls}`,
  'KurrentDB, discovery': (port, tls) => `kurrentdb+discover://127.0.0.1:${port}?${tls}`,
};

for (const [form, urlOf] of Object.entries(FORMS)) {
  void t.test(
    `with ${form} in the URL a server refuses commands at once while the store is down, and then continues`,
    async (t) => {
      const store = await startEventStoreProcess(t);
      const server = await (await serverOnStore(t, urlOf(store.port, 'tls=false'))).start();
      t.match(logged(server, 'event-store-opened'), [
        { log: /./, members: [/ leader$/], leader: `127.0.0.1:${store.port}`, version: /^\d/ },
      ]);
      t.equal((await server.api.post('/jobs', job('before'))).status, 200);

      for (let round = 0; round < 2; round += 1) {
        const lines = server.program.stdout.length;
        await store.program.end('SIGKILL');
        let refused = 0;
        // More than ten attempts of the search for a leader, busy.
        const began = performance.now();
        while (performance.now() - began < 3_000) {
          const sent = performance.now();
          const { status, headers } = await server.api.post('/jobs', job(`meanwhile-${round}`));
          t.equal(status, 503);
          t.ok(headers['retry-after'] !== undefined);
          t.ok(performance.now() - sent < 2_000, 'at once');
          refused += 1;
        }
        await eventually(async () => (await server.api.get('/readyz')).status === 503, {
          what: 'readiness says so',
        });
        t.equal(server.program.status, undefined, 'it lives');
        t.equal((await server.api.get('/jobs/before')).status, 200, 'reads go on');
        const printed = server.program.stdout.slice(lines).filter((line) => /"level":(50|60)/.test(line));
        t.ok(
          refused > 20 && printed.length < 10,
          `${refused} refused commands gave ${printed.length} lines:\n${printed.join('\n').slice(0, 2_000)}`,
        );

        const next = await startEventStoreProcess(t, { directory: store.directory, port: store.port });
        await eventually(async () => (await server.api.post('/jobs', job(`after-${round}`))).status === 200, {
          what: 'commands are accepted again',
        });
        await server.ready();
        await eventually(() => logged(server, 'event-store-back').length > round, {
          what: 'a line about the end of the outage',
        });
        const [away, back] = [logged(server, 'event-store-away'), logged(server, 'event-store-back')];
        t.equal(away.length, round + 1, 'one line at the begin of each outage');
        t.match(away.at(-1), { problem: /ECONNREFUSED|ECONNRESET|Connection dropped/ }, 'with its cause');
        t.equal(back.length, round + 1, 'and one at its end');
        t.ok(Number(back.at(-1)?.['refused']) >= refused, 'with how many were refused');
        (store as { program: typeof next.program }).program = next.program;
      }
      t.equal((await server.stop()).code, 0);
    },
  );
}

void t.test('a server continues after an outage right after its start', async (t) => {
  const store = await startEventStoreProcess(t);
  const server = await serverOnStore(t, FORMS['several hosts']!(store.port, 'tls=false'));
  server.launch();
  await eventually(() => server.listens);
  await store.program.end('SIGKILL');
  await eventually(() => logged(server, 'event-store-away').length > 0, { what: 'a line about the outage' });
  await startEventStoreProcess(t, { directory: store.directory, port: store.port });
  // An outage as short as this may pass between two probes of readiness, or fail one only, which readiness forgives.
  await eventually(async () => (await server.api.post('/jobs', job('after'))).status === 200, {
    what: 'commands are accepted',
  });
  await server.ready();
});

void t.test(
  'over TLS a cluster is discovered, and the reason is named if it cannot be reached',
  { skip: !hasOpenssl && 'needs openssl' },
  async (t) => {
    const { certFile, keyFile } = selfSigned(t);
    const credentials = 'muster:a-long-password-1234';
    const env = {
      MUSTER_EVENTSTORE_TLS_CERT: certFile,
      MUSTER_EVENTSTORE_TLS_KEY: keyFile,
      MUSTER_EVENTSTORE_CREDENTIALS: credentials,
    };
    const store = await startEventStoreProcess(t, { env });
    const hosts = `127.0.0.1:${store.port},127.0.0.1:${nobody}`;
    const ca = `tlsCAFile=${encodeURIComponent(certFile)}`;
    const server = await (await serverOnStore(t, `esdb://${credentials}@${hosts}?${ca}`)).start();
    t.equal((await server.api.post('/jobs', job('secret'))).status, 200);
    await store.program.end('SIGKILL');
    await eventually(async () => (await server.api.post('/jobs', job('meanwhile'))).status === 503);
    await startEventStoreProcess(t, { directory: store.directory, port: store.port, env });
    await eventually(async () => (await server.api.post('/jobs', job('after'))).status === 200);

    const { certFile: other } = selfSigned(t);
    for (const [what, url, cause] of [
      [
        'another authority',
        `esdb://${credentials}@${hosts}?tlsCAFile=${encodeURIComponent(other)}`,
        /self-signed certificate|unable to verify|certificate/,
      ],
      ['no authority', `esdb://${credentials}@${hosts}`, /self-signed certificate|unable to verify/],
    ] as const) {
      const wrong = await serverOnStore(t, url);
      wrong.launch();
      const line = await eventually(() => logged(wrong, 'event-store-away')[0], {
        what: `a line about ${what}`,
      });
      t.match(line['problem'], cause, what);
      await wrong.kill();
    }
    const began = performance.now();
    const denied = await serverOnStore(t, `esdb://muster:another-password-5678@${hosts}?${ca}`);
    denied.launch();
    t.equal((await denied.program.exited).code, 1);
    t.ok(performance.now() - began < 20_000, 'a server that was reached and refuses is not waited for');
    t.match(
      denied.program.tail(),
      /it was reached, but the user name or the password in MUSTER_EVENTSTORE_URL is wrong/,
    );
    const nameless = await serverOnStore(t, `esdb://${hosts}?${ca}`);
    nameless.launch();
    t.equal((await nameless.program.exited).code, 1);
    t.match(nameless.program.tail(), /has no right to read \$all/);
    for (const each of [server, denied, nameless])
      t.notMatch(each.program.tail(5_000), /a-long-password|another-password/);
  },
);

void t.test(
  'a connection string with an unknown option ends the start with status 78, and its password is printed nowhere',
  async (t) => {
    for (const option of [
      'foo=1',
      'tlsVerifyCert=false',
      'tls',
      'tlsCAFile=/missing',
      'nodePreference=nearest',
    ]) {
      const server = await serverOnStore(t, `esdb://admin:s3cr3t@127.0.0.1:${nobody}?${option}`, {
        dataDir: ownFolder(t),
      });
      server.launch();
      t.equal((await server.program.exited).code, 78, option);
      t.match(server.program.tail(), new RegExp(`MUSTER_EVENTSTORE_URL: ${option.split('=')[0]}`));
      t.notMatch(server.program.tail(), /s3cr3t/);
    }
  },
);
