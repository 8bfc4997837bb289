import t from 'tap';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { job } from '../fixtures/jobs.js';
import { logged, serverOnStore } from '../fixtures/remote-log.js';
import { hasOpenssl, selfSigned } from '../fixtures/self-signed.js';
import { SOAK } from '../fixtures/wiring/wiring.js';

t.setTimeout(600_000);

const nobody = await freePort();
/** Messages of the gRPC library for an unavailable store. It reports "Failed to connect" if the connection ends before its error is known. */
const CAUSE = /ECONNREFUSED|ECONNRESET|Connection dropped|Failed to connect/;

/** Outages for each form of connection string. */
const OUTAGES = SOAK ? 2 : 1;

/** Every form of a connection string. The cluster has one real member, so killing it makes the whole cluster unavailable. */
const FORMS: Readonly<Record<string, (port: number, tls: string) => string>> = {
  'one host': (port, tls) => `esdb://127.0.0.1:${port}?${tls}`,
  'several hosts': (port, tls) => `esdb://127.0.0.1:${port},127.0.0.1:${nobody}?${tls}`,
  'several hosts, the first one dead': (port, tls) => `esdb://127.0.0.1:${nobody},127.0.0.1:${port}?${tls}`,
  discovery: (port, tls) => `esdb+discover://127.0.0.1:${port}?${tls}`,
  KurrentDB: (port, tls) => `kurrentdb://127.0.0.1:${port},127.0.0.1:${nobody}?${tls}`,
  'KurrentDB, discovery': (port, tls) => `kurrentdb+discover://127.0.0.1:${port}?${tls}`,
};

/** The other forms differ only in how they are parsed, which the unit tests of connection strings cover. */
const TRIED = SOAK ? Object.keys(FORMS) : ['several hosts', 'discovery', 'KurrentDB'];

for (const [form, urlOf] of Object.entries(FORMS).filter(([name]) => TRIED.includes(name))) {
  void t.test(
    `with ${form} in the URL a server refuses commands at once while the store is down, and accepts them once it is back`,
    async (t) => {
      const store = await startEventStoreProcess(t);
      const server = await (await serverOnStore(t, urlOf(store.port, 'tls=false'))).start();
      t.match(logged(server, 'event-store-opened'), [
        { log: /./, members: [/ leader$/], leader: `127.0.0.1:${store.port}`, version: /^\d/ },
      ]);
      t.equal((await server.api.post('/jobs', job('before'))).status, 200);

      for (let round = 0; round < OUTAGES; round += 1) {
        const lines = server.program.stdout.length;
        await store.program.end('SIGKILL');
        let refused = 0;
        // Three seconds of constant requests are more than ten attempts to find a leader. A busy machine takes longer for 20 requests.
        const began = performance.now();
        while (performance.now() - began < 3_000 || refused <= 20) {
          const sent = performance.now();
          const { status, headers } = await server.api.post('/jobs', job(`meanwhile-${round}`));
          t.equal(status, 503);
          t.ok(headers['retry-after'] !== undefined);
          t.ok(performance.now() - sent < 2_000 * PATIENCE, 'the refusal is immediate');
          refused += 1;
        }
        await eventually(async () => (await server.api.get('/readyz')).status === 503, {
          what: 'readiness with status 503',
        });
        t.equal(server.program.status, undefined, 'the server keeps running');
        t.equal((await server.api.get('/jobs/before')).status, 200, 'reads continue');
        const printed = server.program.stdout.slice(lines).filter((line) => /"level":(50|60)/.test(line));
        t.ok(
          refused > 20 && printed.length < 10,
          `${refused} refused commands caused ${printed.length} log lines:\n${printed.join('\n').slice(0, 2_000)}`,
        );

        const next = await startEventStoreProcess(t, { directory: store.directory, port: store.port });
        await eventually(async () => (await server.api.post('/jobs', job(`after-${round}`))).status === 200, {
          what: 'an accepted command',
        });
        await server.ready();
        await eventually(() => logged(server, 'event-store-back').length > round, {
          what: 'a line about the end of the outage',
        });
        const [away, back] = [logged(server, 'event-store-away'), logged(server, 'event-store-back')];
        t.equal(away.length, round + 1, 'the log has one line at the start of each outage');
        t.match(away.at(-1), { problem: CAUSE }, 'the line contains the cause');
        t.equal(back.length, round + 1, 'the log has one line at the end of each outage');
        t.ok(Number(back.at(-1)?.['refused']) >= refused, 'the line has the number of refused commands');
        (store as { program: typeof next.program }).program = next.program;
      }
      t.equal((await server.stop()).code, 0);
    },
  );
}

void t.test('a server recovers from a store outage during its startup', async (t) => {
  const store = await startEventStoreProcess(t);
  const server = await serverOnStore(t, FORMS['several hosts']!(store.port, 'tls=false'));
  server.launch();
  await eventually(() => server.listens);
  await store.program.end('SIGKILL');
  await eventually(() => logged(server, 'event-store-away').length > 0, { what: 'a line about the outage' });
  await startEventStoreProcess(t, { directory: store.directory, port: store.port });
  // Readiness may miss such a short outage between two probes, or tolerate a single failed probe, so this waits for a command.
  await eventually(async () => (await server.api.post('/jobs', job('after'))).status === 200, {
    what: 'an accepted command',
  });
  await server.ready();
});

void t.test(
  'a server discovers a cluster over TLS, and reports why it cannot connect to one',
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
    t.ok(
      performance.now() - began < 20_000 * PATIENCE,
      'the server does not wait for a store that refuses access',
    );
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
  'a server exits with 78 on an unknown option in the connection string, and does not print its password',
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
