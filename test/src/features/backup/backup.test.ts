import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { lockDataDirectory, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { backUp } from '#src/features/backup/backup.js';
import { restore } from '#src/features/backup/restore.js';
import { fill, newEvents, refused } from '../../../contract/event-store/fixture.js';
import { readRecorded } from '../../../fixtures/event-log.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { job } from '../../../fixtures/jobs.js';
import { NOBODY, OTHERS_RUN, othersRunMuster } from '../../../fixtures/other-user.js';
import { muster, MUSTER, runToEnd } from '../../../fixtures/program.js';
import { required } from '../../../fixtures/requirement.js';
import { startServer } from '../../../fixtures/server.js';

const clock = systemClock;

async function installation(t: Test): Promise<{ folder: string; directory: string; target: string }> {
  const folder = ownFolder(t);
  const directory = join(folder, 'data');
  const store = await openSqliteEventStore({ directory });
  await fill(store, 'job-a', 300);
  await fill(store, 'job-b', 20);
  await store.deleteStream('job-b', 19);
  await store.close();
  writeFileSync(join(directory, 'data.key'), 'secret', { mode: 0o600 });
  writeFileSync(join(directory, 'read-models.db'), 'rebuilt anyway');
  mkdirSync(join(directory, 'agent'));
  return { folder, directory, target: join(folder, 'backup') };
}

void t.test('restores everything that cannot be rebuilt', async (t) => {
  const { folder, directory, target } = await installation(t);
  const events = await readRecorded(directory);
  const manifest = await backUp({ directory, target, clock });
  t.strictSame(
    manifest.files.map(({ name }) => name),
    ['events.db', 'data.key'],
  );
  t.strictSame(readdirSync(target).sort(), ['backup.json', 'data.key', 'events.db']);
  for (const name of readdirSync(target))
    t.equal(statSync(join(target, name)).mode & 0o077, 0, `only the owner can access ${name}`);
  t.match(manifest, { events: 320, position: '320' });
  const restored = join(folder, 'restored');
  t.equal((await restore({ source: target, directory: restored, clock })).putAside, undefined);
  const [begun, ...further] = (await readRecorded(restored)).slice(events.length);
  t.strictSame((await readRecorded(restored)).slice(0, events.length), events);
  t.match(
    [begun, further],
    [{ stream: 'cluster', type: 'LogEpochBegan', data: /"reason":"restored"/ }, []],
    'the restored log starts a new epoch',
  );
  t.equal(readFileSync(join(restored, 'data.key'), 'utf8'), 'secret');
  const store = await openSqliteEventStore({ directory: restored });
  t.equal(store.id, manifest.storeId);
  const deleted: RecordedEvent[] = [];
  for await (const page of store.readStream('job-b')) deleted.push(...page);
  t.strictSame(deleted, [], 'a deleted stream stays deleted');
  t.equal(
    (await store.append({ stream: 'job-a', expected: 299, events: newEvents(1) })).revision,
    300,
    'the restored stream continues at its next revision',
  );
  await store.close();
});

void t.test('contains the log as of one moment, even while events are appended', async (t) => {
  const { directory, target } = await installation(t);
  const store = await openSqliteEventStore({ directory });
  let stop = false;
  let acknowledged = 0;
  const appending = Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let revision = 0; !stop; revision += 1) {
        await store.append({
          stream: `job-w${writer}`,
          expected: revision === 0 ? 'no_stream' : revision - 1,
          events: newEvents(1),
        });
        acknowledged += 1;
      }
    }),
  );
  // All eight writers append, and continue until the backup is complete.
  await eventually(() => acknowledged >= 8, { what: 'the first appends' });
  const before = await store.head();
  const manifest = await backUp({ directory, target, clock });
  const count = acknowledged;
  await eventually(() => acknowledged >= count + 16, { what: 'further appends' });
  stop = true;
  await appending;
  await store.close();
  t.ok(
    before !== undefined && BigInt(manifest.position ?? 0) >= before,
    'the backup contains everything from before its start',
  );
  const all = await readRecorded(directory);
  t.ok(all.length > manifest.events, 'events were appended during the backup');
  await restore({ source: target, directory: join(target, '..', 'restored'), clock });
  const restored = await readRecorded(join(target, '..', 'restored'));
  t.strictSame(restored.slice(0, -1), all.slice(0, manifest.events));
  t.equal(restored.at(-1)?.type, 'LogEpochBegan');
});

void t.test('refuses a target directory with content', async (t) => {
  const { directory, target } = await installation(t);
  mkdirSync(target);
  writeFileSync(join(target, 'precious'), '');
  await refused(t, backUp({ directory, target, clock }), 'MUSTER_E_BACKUP_INVALID');
  t.strictSame(readdirSync(target), ['precious']);
});

void t.test('refuses a tampered or incomplete backup without changing anything', async (t) => {
  const { folder, directory, target } = await installation(t);
  await backUp({ directory, target, clock });
  const into = join(folder, 'restored');
  appendFileSync(join(target, 'data.key'), 'x');
  await refused(t, restore({ source: target, directory: into, clock }), 'MUSTER_E_BACKUP_INVALID', {
    problem: 'data.key differs from what was backed up',
  });
  t.notOk(existsSync(join(into, 'events.db')));
  await refused(t, restore({ source: directory, directory: into, clock }), 'MUSTER_E_BACKUP_INVALID');
  t.notOk(existsSync(join(into, 'events.db')));
});

void t.test('refuses a backup that belongs to another user, and reports the owner', async (t) => {
  if (!required(t, othersRunMuster(), OTHERS_RUN)) return;
  const { folder, directory, target } = await installation(t);
  await backUp({ directory, target, clock });
  chmodSync(folder, 0o711);
  const into = join(folder, 'restored');
  mkdirSync(into);
  chownSync(into, NOBODY, NOBODY);
  const restoring = async (): Promise<string> => {
    const run = await runToEnd({
      command: 'setpriv',
      args: [
        `--reuid=${String(NOBODY)}`,
        `--regid=${String(NOBODY)}`,
        '--clear-groups',
        process.execPath,
        MUSTER,
        'restore',
        target,
        '--data-dir',
        into,
      ],
    });
    return run.code === 0 ? 'restored' : run.stderr;
  };
  const denied =
    /cannot be read: permission denied\. It belongs to user 0 but this process runs as user 65534: change its owner with chown/;
  t.match(await restoring(), denied, 'the directory is not accessible');
  t.match(await restoring(), /its backup\.json cannot/);
  chmodSync(target, 0o755);
  t.match(await restoring(), denied, 'the manifest is not readable');
  chmodSync(join(target, 'backup.json'), 0o644);
  t.match(await restoring(), denied, 'the log is not readable');
  t.match(await restoring(), /its events\.db cannot/);
  for (const name of readdirSync(target)) chownSync(join(target, name), NOBODY, NOBODY);
  t.equal(await restoring(), 'restored');
});

void t.test(
  'refuses a directory in use, and a non-empty one without --force, which deletes nothing',
  async (t) => {
    const { directory, target } = await installation(t);
    await backUp({ directory, target, clock });
    const store = await openSqliteEventStore({ directory });
    await fill(store, 'job-later', 5);
    await refused(t, restore({ source: target, directory, clock }), 'MUSTER_E_DATA_DIRECTORY_LOCKED');
    await refused(
      t,
      restore({ source: target, directory, clock, force: true }),
      'MUSTER_E_DATA_DIRECTORY_LOCKED',
    );
    await store.close();
    await refused(t, restore({ source: target, directory, clock }), 'MUSTER_E_DATA_DIRECTORY_NOT_EMPTY');
    const { putAside = '' } = await restore({ source: target, directory, clock, force: true });
    t.equal((await readRecorded(directory)).length, 321);
    t.notOk(existsSync(join(directory, 'read-models.db')), 'the read models of the replaced log are removed');
    t.ok(existsSync(join(directory, 'agent')), "the agent's data is kept");
    t.equal((await readRecorded(putAside)).length, 325, 'the replaced log is put aside');
    lockDataDirectory(directory).release();
  },
);

void t.test('backs up a running server, and restores the same jobs', async (t) => {
  const folder = ownFolder(t);
  const server = await startServer(t, { dataDir: join(folder, 'data') });
  for (let n = 0; n < 30; n += 1) await server.api.post('/jobs', job(`before-${n}`));
  const before = (await readRecorded(server.dataDir)).length;
  let stop = false;
  const submitting = (async () => {
    for (let n = 0; !stop; n += 1) await server.api.post('/jobs', job(`during-${n}`));
  })();
  const made = await muster(['backup', join(folder, 'backup'), '--data-dir', server.dataDir, '-o', 'json']);
  stop = true;
  await submitting;
  t.equal(made.code, 0, made.stderr);
  const { events, files } = JSON.parse(made.stdout) as { events: number; files: { name: string }[] };
  t.ok(events >= before);
  // Nothing of a node is among them, as the documentation says.
  t.same(files.map(({ name }) => name).sort(), ['data.key', 'events.db', 'jwt.key', 'keys.db', 'keys.id']);
  const page = readFileSync('docs/operations.md', 'utf8');
  t.match(page, '**A backup of the log does not contain the data of services**');
  t.equal(
    (await muster(['restore', join(folder, 'backup'), '--data-dir', server.dataDir])).code,
    75,
    'the directory is in use',
  );
  const restored = await muster(['restore', join(folder, 'backup'), '--data-dir', join(folder, 'restored')]);
  t.equal(restored.code, 0, restored.stderr);
  t.equal(
    (await muster(['restore', join(folder, 'backup'), '--data-dir', join(folder, 'restored')])).code,
    1,
    'the directory is no longer empty',
  );
  const untouched = await muster(['verify', '--data-dir', join(folder, 'restored')]);
  t.equal(untouched.code, 0, `before any server ran: ${untouched.stdout}${untouched.stderr}`);
  t.match(untouched.stdout, /no read models yet/);
  const second = await startServer(t, { dataDir: join(folder, 'restored') });
  for (let n = 0; n < 30; n += 1) t.equal((await second.api.get(`/jobs/before-${n}`)).status, 200);
  t.equal((await second.api.post('/jobs', job('after'))).status, 200);
  const verified = await muster(['verify', '--data-dir', second.dataDir]);
  t.equal(verified.code, 0, verified.stdout + verified.stderr);
});
