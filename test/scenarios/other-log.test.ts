import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { openEsdbEventStore } from '#src/stores/eventstoredb/open.js';
import { newEvents, newStream } from '../contract/event-store/fixture.js';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { job } from '../fixtures/jobs.js';
import { muster } from '../fixtures/program.js';
import { logged, serverOnStore } from '../fixtures/remote-log.js';
import type { Server } from '../fixtures/server.js';

t.setTimeout(600_000);

/** Retries, because a server may still refuse commands with 503 right after its store is back. */
const submit = async (server: Server, name: string): Promise<void> => {
  await eventually(
    async () => {
      const { status } = await server.api.post('/jobs', { job_id: name, ...job(name) });
      if (status !== 200 && status !== 503) throw new Error(`${name}: ${status}`);
      return status === 200;
    },
    { what: `the job ${name}` },
  );
};
const statusOf = async (server: Server, name: string): Promise<number> =>
  (await server.api.get(`/jobs/${name}`)).status;

/** Returns a server that appended events after a backup of its store, which is then stopped. */
async function withOldBackup(t: Test) {
  const folder = ownFolder(t);
  const [directory, backup] = [join(folder, 'store'), join(folder, 'backup')];
  const first = await startEventStoreProcess(t, { directory });
  const server = await (await serverOnStore(t, first.url)).start();
  for (let n = 0; n < 3; n += 1) await submit(server, `old-${n}`);
  await first.program.end('SIGTERM');
  cpSync(directory, backup, { recursive: true });
  const second = await startEventStoreProcess(t, { directory, port: first.port });
  await server.ready();
  for (let n = 0; n < 3; n += 1) await submit(server, `new-${n}`);
  const head = await headOf(first.url);
  await second.program.end('SIGTERM');
  return { server, backup, port: first.port, url: first.url, head };
}

/** A server on an event store does not start without them. */
const SECRETS = {
  MUSTER_JWT_SECRET: randomBytes(32).toString('base64'),
  MUSTER_DATA_KEY: randomBytes(32).toString('base64'),
};

/** Asserts that a server serves reads only, and says why. */
async function acceptsNothing(t: Test, server: Server, where: readonly string[]): Promise<void> {
  const refused = await server.api.post('/jobs', { job_id: 'refused', ...job('refused') });
  t.equal(refused.status, 503);
  t.match(refused.text, /only reads are possible: the log .* and lacks /);
  t.match((await server.api.get('/readyz')).text, /degraded: .*log-complete/);
  t.match((await server.api.get('/metrics')).text, /muster_ready\{check="log-complete"\} 0/);
  t.equal(logged(server, 'log-incomplete').length, 1, 'one line in the log');
  const verified = await muster(['verify', ...where]);
  t.match(verified, { code: 1, stdout: /lacks / });
  t.notMatch(verified.stdout, /according to the events/);
}

async function headOf(url: string): Promise<bigint> {
  const store = await openEsdbEventStore({ categories: ALL_CATEGORIES, url });
  try {
    return (await store.head())!;
  } finally {
    await store.close();
  }
}

/** Appends foreign events until the log has passed a position. */
async function grow(url: string, beyond: bigint): Promise<void> {
  const store = await openEsdbEventStore({ categories: ALL_CATEGORIES, url });
  try {
    while (((await store.head()) ?? 0n) <= beyond)
      await store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(20) });
  } finally {
    await store.close();
  }
}

for (const grown of [false, true]) {
  void t.test(
    `a server exits when an older backup is restored${grown ? ' and has grown further' : ''}, and then only reads from it until the loss is accepted`,
    async (t) => {
      const { server, backup, port, url, head } = await withOldBackup(t);
      if (grown) {
        const elsewhere = await startEventStoreProcess(t, { directory: backup });
        await grow(elsewhere.url, head);
        await elsewhere.program.end('SIGTERM');
      }
      const before = await startEventStoreProcess(t, { directory: backup, port });
      const { code } = await server.program.exited;
      t.equal(code, 1);
      t.match(server.program.tail(), /the event store is damaged: .*older backup was restored/);
      const store = await openEsdbEventStore({ categories: ALL_CATEGORIES, url });
      const streams = new Set<string>();
      for await (const page of store.readAll()) for (const event of page) streams.add(event.stream);
      await store.close();
      t.notOk(streams.has('job-new-0'), 'the restored log is the older backup');

      await server.start();
      t.strictSame(
        [await statusOf(server, 'old-2'), await statusOf(server, 'new-0')],
        [200, 404],
        'exactly the jobs of the restored log are shown',
      );
      await acceptsNothing(t, server, ['--data-dir', server.dataDir, '--eventstore', url]);
      await server.stop();
      t.match(await muster(['cluster', 'begin-epoch'], { ...SECRETS, MUSTER_EVENTSTORE_URL: url }), {
        code: 0,
      });
      await server.start();
      t.equal(logged(server, 'log-loss-accepted').length, 1);
      await submit(server, 'next');
      await eventually(async () => (await statusOf(server, 'next')) === 200);
      await server.stop();
      const verified = await muster(['verify', '--data-dir', server.dataDir, '--eventstore', url]);
      t.match(verified, { code: 0 }, verified.stdout.slice(-2_000) + verified.stderr);
      await before.program.end('SIGTERM');
    },
  );
}

for (const [what, grown] of [
  ['an older copy', false],
  ['an older copy that has grown', true],
] as const)
  void t.test(`${what} of the embedded log is only read until the loss is accepted`, async (t) => {
    const dataDir = join(ownFolder(t), 'server');
    const log = join(dataDir, 'events.db');
    const copy = join(ownFolder(t), 'copy');
    const server = await (await serverOnStore(t, '', { dataDir })).start();
    await submit(server, 'old');
    await server.stop();
    cpSync(log, copy);
    await server.start();
    for (const name of ['lost-1', 'lost-2']) await submit(server, name);
    await eventually(
      async () => {
        const { size, signed } = (await server.api.get('/audit/tlog/status')).body as Record<string, number>;
        return size! > 8 && size === signed;
      },
      { timeout: 60_000, what: 'a checkpoint' },
    );
    await server.kill();
    if (grown) {
      const elsewhere = join(ownFolder(t), 'elsewhere');
      mkdirSync(elsewhere);
      cpSync(copy, join(elsewhere, 'events.db'));
      const other = await (await serverOnStore(t, '', { dataDir: elsewhere })).start();
      for (let n = 0; n < 8; n += 1) await submit(other, `other-${n}`);
      await other.stop();
      cpSync(join(elsewhere, 'events.db'), copy);
    }
    for (const side of ['-wal', '-shm']) rmSync(`${log}${side}`, { force: true });
    cpSync(copy, log);
    await server.start();
    await acceptsNothing(t, server, ['--data-dir', dataDir]);
    t.match(logged(server, 'log-incomplete'), [{ problem: /[1-9]\d* of the \d+ signed events are missing/ }]);
    await server.stop();
    await server.start();
    await acceptsNothing(t, server, ['--data-dir', dataDir]);
    await server.stop();
    t.match(await muster(['cluster', 'begin-epoch'], { MUSTER_DATA_DIR: dataDir }), { code: 0 });
    await server.start();
    await submit(server, 'next');
    t.equal(await statusOf(server, 'lost-1'), 404);
    await server.stop();
    await server.start();
    t.equal(logged(server, 'log-loss-accepted').length, 0, 'it was accepted once');
  });

void t.test(
  'a server detects at startup that an older backup was restored, and rebuilds its read models',
  async (t) => {
    const { server, backup, port, head } = await withOldBackup(t);
    await server.kill();
    const elsewhere = await startEventStoreProcess(t, { directory: backup });
    await grow(elsewhere.url, head);
    await elsewhere.program.end('SIGTERM');
    await startEventStoreProcess(t, { directory: backup, port });
    await server.start();
    t.strictSame([await statusOf(server, 'old-2'), await statusOf(server, 'new-0')], [200, 404]);
  },
);

void t.test(
  'a data directory that belongs to another log is refused before anything is written, unless a setting accepts it',
  async (t) => {
    const directory = join(ownFolder(t), 'store');
    const first = await startEventStoreProcess(t, { directory });
    const server = await (await serverOnStore(t, first.url)).start();
    await submit(server, 'known');
    await first.program.end('SIGKILL');
    rmSync(directory, { recursive: true });
    const empty = await startEventStoreProcess(t, { directory, port: first.port });
    t.equal((await server.program.exited).code, 1, 'a running server ends');
    t.match(server.program.tail(), /the address now leads to another log/);

    server.launch();
    t.equal((await server.program.exited).code, 78);
    t.match(
      server.program.tail(),
      /MUSTER_DATA_DIR: .* belongs to log .* points to a store without a Muster log/,
    );
    const looked = await openEsdbEventStore({
      categories: ALL_CATEGORIES,
      url: empty.url,
      accept: (found) => {
        t.equal(found, undefined, 'not even an identity was written to the store');
      },
    });
    await looked.close();

    server.launch();
    t.equal((await server.program.exited).code, 78, 'the log of another installation is refused');
    const embedded = await serverOnStore(t, '', { dataDir: server.dataDir });
    embedded.launch();
    t.equal((await embedded.program.exited).code, 78, 'an embedded log is not started on this directory');
    t.match(
      embedded.program.tail(),
      /MUSTER_EVENTSTORE_URL: is not set, but MUSTER_DATA_DIR .* belongs to log/,
    );

    const accepted = await serverOnStore(t, empty.url, {
      dataDir: server.dataDir,
      env: { MUSTER_EVENTSTORE_ACCEPT_OTHER_LOG: 'true' },
    });
    await accepted.start();
    t.equal(await statusOf(accepted, 'known'), 404);
    await submit(accepted, 'anew');
    await accepted.stop();
    await server.start();
    t.equal(await statusOf(server, 'anew'), 200, 'the directory then belongs to the accepted log');
  },
);

void t.test(
  'a server does not start with an empty store on a data directory that has an embedded log',
  async (t) => {
    const dataDir = join(ownFolder(t), 'server');
    const embedded = await (await serverOnStore(t, '', { dataDir })).start();
    await embedded.stop();
    const store = await startEventStoreProcess(t);
    const server = await serverOnStore(t, store.url, { dataDir });
    server.launch();
    t.equal((await server.program.exited).code, 78);
    t.match(server.program.tail(), /contains its own log \(events\.db\)/);
  },
);
