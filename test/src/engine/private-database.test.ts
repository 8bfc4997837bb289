import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPrivateDatabase } from '#src/engine/private-database.js';

const modeOf = (file: string): string => (statSync(file).mode & 0o7777).toString(8);

void t.test('creates a database readable only by its owner', async (t) => {
  const file = join(t.testdir({}), 'events.db');
  createPrivateDatabase(file);
  t.strictSame([modeOf(file), readFileSync(file, 'utf8')], ['600', '']);
});

void t.test('corrects the mode of an existing database and its side files', async (t) => {
  const names = ['events.db', 'events.db-wal', 'events.db-shm', 'events.db-journal'];
  const directory = t.testdir({ ...Object.fromEntries(names.map((name) => [name, name])), other: 'other' });
  for (const name of [...names, 'other']) chmodSync(join(directory, name), 0o644);
  createPrivateDatabase(join(directory, 'events.db'));
  for (const name of names)
    t.strictSame(
      [modeOf(join(directory, name)), readFileSync(join(directory, name), 'utf8')],
      ['600', name],
      name,
    );
  t.equal(modeOf(join(directory, 'other')), '644');
});

void t.test('fails if the folder is missing', async (t) => {
  t.throws(() => createPrivateDatabase(join(t.testdir({}), 'none', 'events.db')), { code: 'ENOENT' });
});
