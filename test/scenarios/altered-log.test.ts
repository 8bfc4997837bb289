import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { eventually } from '../fixtures/eventually.js';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { serverOnStore } from '../fixtures/remote-log.js';
import type { Server } from '../fixtures/server.js';
import { aJob } from '../src/http/support/test-api.js';

t.setTimeout(600_000);

interface Scene {
  readonly server: Server;
  readonly where: readonly string[];
  /** Alters the log while neither its store nor the server runs. */
  alter(sql: string): Promise<void>;
}

async function embedded(t: Test): Promise<Scene> {
  const dataDir = join(ownFolder(t), 'server');
  const server = await (await serverOnStore(t, '', { dataDir })).start();
  return {
    server,
    where: ['--data-dir', dataDir],
    async alter(sql) {
      await server.stop();
      run(join(dataDir, 'events.db'), sql);
    },
  };
}

async function onEventStore(t: Test): Promise<Scene> {
  const directory = join(ownFolder(t), 'store');
  const store = await startEventStoreProcess(t, { directory });
  const server = await (await serverOnStore(t, store.url)).start();
  return {
    server,
    where: ['--data-dir', server.dataDir, '--eventstore', store.url],
    async alter(sql) {
      await server.stop();
      await store.program.end('SIGTERM');
      run(join(directory, 'events.db'), sql);
      await startEventStoreProcess(t, { directory, port: store.port });
    },
  };
}

function run(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.exec(sql);
  db.close();
}

async function signed({ api }: Server): Promise<void> {
  await eventually(
    async () => {
      const { body } = await api.get('/audit/tlog/status');
      const { size, signed } = body as { readonly size: number; readonly signed: number };
      return size > 3 && size === signed;
    },
    { timeout: 60_000, what: 'a checkpoint of the whole log' },
  );
}

const check = async ({ api }: Server): Promise<{ ok: boolean; detail: string } | undefined> => {
  const { body } = await api.get('/readyz?verbose');
  return (body as { checks: { name: string; ok: boolean; detail: string }[] }).checks.find(
    ({ name }) => name === 'transparency',
  );
};

for (const [wiring, open] of [
  ['embedded', embedded],
  ['on an event store', onEventStore],
] as const)
  void t.test(
    `${wiring}: a server, verify and evidence name an event that was altered in the log`,
    async (t) => {
      const { server, where, alter } = await open(t);
      await server.api.submit(aJob({ job_id: 'honest' }));
      await server.api.submit(aJob({ job_id: 'other' }));
      await signed(server);
      await alter(
        `UPDATE events SET metadata = replace(metadata, '"at":1', '"at":2') WHERE stream = 'job-honest' AND revision = 0`,
      );
      const verified = await muster(['verify', ...where]);
      t.equal(verified.code, 1);
      t.match(
        verified.stdout,
        /signed-log: the log: entry \d+ \(position \d+, stream job-honest, revision 0\) is not what/,
      );
      t.notMatch(verified.stdout, /according to the events|everything matches/, 'no read model is accused');

      await server.start();
      await eventually(async () => (await check(server))?.ok === false, {
        timeout: 60_000,
        what: 'the fork',
      });
      t.match(await check(server), {
        detail: /transparency\.forked: .*entry \d+ is the first that differs \(position/,
      });
      t.match((await server.api.get('/readyz')).text, /transparency/);
      t.match((await server.api.get('/metrics')).text, /muster_ready\{check="transparency"\} 0/);
      const position = /\(position (\d+), stream job-honest/.exec(verified.stdout)?.[1] ?? '';
      t.match(await muster(['evidence', position, '--address', server.url]), { code: 1 });
      t.match(await muster(['verify', ...where]), { code: 1, stdout: /stream job-honest, revision 0/ });
      const kept = join(server.dataDir, 'tlog.checkpoint');
      t.match(await muster(['verify', ...where, '--checkpoint', kept]), {
        code: 1,
        stdout: /checkpoint: \S+ entry \d+ .*job-honest/,
      });
    },
  );

void t.test('a log whose write times were shifted is named, and no read model is accused', async (t) => {
  const { server, where, alter } = await embedded(t);
  await server.api.submit(aJob({ job_id: 'honest' }));
  await signed(server);
  await alter(`UPDATE events SET created = created - 3600000 WHERE stream = 'job-honest'`);
  const verified = await muster(['verify', ...where]);
  t.match(verified, {
    code: 1,
    stdout: /stream job-honest, revision 0\) was written at .* but the log now says/,
  });
  await server.start();
  await eventually(async () => (await check(server))?.ok === false, { timeout: 60_000, what: 'the shift' });
  t.match(await check(server), { detail: /transparency\.altered: entry \d+ .* was written at/ });
});

void t.test('two servers with one key sign one history, and neither signs another', async (t) => {
  const { server, where, alter } = await onEventStore(t);
  await server.api.submit(aJob({ job_id: 'honest' }));
  await signed(server);
  const url = where.at(-1)!;
  const second = await (await serverOnStore(t, url)).start();
  await signed(second);
  const rootOf = async ({ url }: Server): Promise<string | undefined> =>
    (await muster(['tlog', 'checkpoint', '--address', url])).stdout.split('\n')[2];
  await eventually(
    async () => {
      const root = await rootOf(server);
      return root !== undefined && root === (await rootOf(second));
    },
    { timeout: 60_000, what: 'a tree that both have signed' },
  );
  await second.stop();
  await alter(
    `UPDATE events SET metadata = replace(metadata, '"at":1', '"at":2') WHERE stream = 'job-honest'`,
  );

  // It has nothing but the key and what the others have published in the log.
  const fresh = await serverOnStore(t, url);
  const servers = [fresh, server, second];
  for (const each of servers) await each.start();
  for (const each of servers) {
    await eventually(async () => (await check(each))?.ok === false, { timeout: 60_000, what: 'the fork' });
    t.match(await check(each), { detail: /transparency\.forked: / });
  }
  const sizeOf = async ({ api }: Server): Promise<number> =>
    ((await api.get('/audit/tlog/status')).body as { readonly size: number }).size;
  const before = await sizeOf(fresh);
  await fresh.api.submit(aJob({ job_id: 'later' }));
  await eventually(async () => (await sizeOf(fresh)) > before, { what: 'a tree with later events' });
  for (const each of servers)
    t.match(await muster(['tlog', 'checkpoint', '--address', each.url]), { code: 1 }, 'nothing is signed');
});
