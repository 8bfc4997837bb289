import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { eventually } from '../fixtures/eventually.js';
import { muster } from '../fixtures/program.js';
import { logged } from '../fixtures/remote-log.js';
import { prepareServer, type Server } from '../fixtures/server.js';

t.setTimeout(600_000);

/** A server with the embedded log that has sealed the name of an account, and has signed its log. It makes its keys itself. */
async function used(t: Test): Promise<Server> {
  const server = await prepareServer(t, { env: { MUSTER_ADMIN_PASSWORD: 'correct-horse-battery' } });
  await server.start();
  await eventually(
    async () => {
      const { body } = await server.api.get('/readyz?verbose');
      return /([1-9]\d*) of \1 events are signed/.test(JSON.stringify(body));
    },
    { timeout: 60_000, what: 'a checkpoint of the whole log' },
  );
  await server.stop();
  return server;
}

const detailOf = async ({ api }: Server, check: string): Promise<string> => {
  const { body } = await api.get('/readyz?verbose');
  const { checks } = body as { checks: { name: string; ok: boolean; detail?: string }[] };
  const found = checks.find(({ name }) => name === check);
  return found === undefined ? 'missing' : `${found.ok ? 'ok' : 'failed'}: ${found.detail ?? ''}`;
};
const verified = async ({ dataDir }: Server) => await muster(['verify', '--data-dir', dataDir]);

void t.test('a server says that its sealing keys are lost, until they are put back', async (t) => {
  const server = await used(t);
  const file = join(server.dataDir, 'keys.db');
  t.equal((await verified(server)).code, 0);
  renameSync(file, `${file}.away`);
  const without = await verified(server);
  t.equal(without.code, 1);
  t.match(without.stdout, /sealing-keys: .*the key of user\./);
  for (const start of ['first', 'second']) {
    await server.start();
    t.match(await detailOf(server, 'sealing-keys'), /^failed: .*keys\.db/, `${start} start`);
    t.match((await server.api.get('/readyz')).body, { status: /sealing-keys/ });
    t.equal(logged(server, 'keys.lost').length, 1);
    await server.stop();
  }
  t.equal((await verified(server)).code, 1, 'new keys open nothing that was sealed before');
  for (const side of ['', '-wal', '-shm']) rmSync(`${file}${side}`, { force: true });
  renameSync(`${file}.away`, file);
  await server.start();
  t.match(await detailOf(server, 'sealing-keys'), /^ok/);
  await server.stop();
  t.equal((await verified(server)).code, 0);
});

void t.test('the loss of one key is not shown as an erasure', async (t) => {
  const server = await used(t);
  const keys = new Sqlite(join(server.dataDir, 'keys.db'));
  keys.prepare("DELETE FROM keys WHERE subject LIKE 'user.%'").run();
  keys.close();
  const { code, stdout } = await verified(server);
  t.equal(code, 1);
  t.match(stdout, /sealing-keys: .*the key of user\..*, but no event erased it/);
});

void t.test('no new data key is made for keys that need the former one', async (t) => {
  const server = await used(t);
  const file = join(server.dataDir, 'data.key');
  const key = readFileSync(file, 'utf8');
  renameSync(file, `${file}.away`);
  server.launch();
  t.equal((await server.program.exited).code, 78);
  t.match(server.program.tail(), /data\.key is missing/);
  t.notOk(existsSync(file));
  renameSync(`${file}.away`, file);
  await server.start();
  t.match(await detailOf(server, 'sealing-keys'), /^ok/);
  t.equal(readFileSync(file, 'utf8'), key);
});

void t.test('a server whose data key is lost signs nothing with a new one', async (t) => {
  const server = await used(t);
  for (const name of ['data.key', 'keys.db', 'tlog.checkpoint'])
    rmSync(join(server.dataDir, name), { force: true });
  await server.start();
  await eventually(async () => (await detailOf(server, 'transparency')).startsWith('failed'), {
    timeout: 30_000,
    what: 'a failed check',
  });
  t.match(await detailOf(server, 'transparency'), /tlog\.db was not signed with the key of this server/);
  t.match(await detailOf(server, 'sealing-keys'), /^failed/);
  await server.stop();
});
