import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPrivateDatabase } from '#src/engine/private-database.js';

const modeOf = (file: string): string => (statSync(file).mode & 0o7777).toString(8);

void t.test("a database that was not there is its owner's alone", async (t) => {
  const file = join(t.testdir({}), 'events.db');
  createPrivateDatabase(file);
  t.strictSame([modeOf(file), readFileSync(file, 'utf8')], ['600', '']);
});

void t.test(
  'one that was there is made so, with what SQLite made next to it, and is otherwise as it was',
  async (t) => {
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
  },
);

void t.test('a folder that is not there is an error', async (t) => {
  t.throws(() => createPrivateDatabase(join(t.testdir({}), 'none', 'events.db')), { code: 'ENOENT' });
});
