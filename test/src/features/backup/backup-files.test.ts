import { join } from 'node:path';
import t from 'tap';
import { filesToBackUp } from '#src/features/backup/backup-files.js';

void t.test('includes everything except rebuildable files, the log first', async (t) => {
  const names = [
    'zeta',
    'events.db',
    'keys.db',
    'data.key',
    'alpha.db',
    'events.db-other',
    'muster.json',
    'a.news',
  ];
  const made = [
    'read-models.db',
    'read-models.db-x',
    'cluster-state.ndjson',
    'placements.ndjson.1',
    'muster.lock',
    'muster.pid',
  ];
  const side = [
    'events.db-wal',
    'events.db-shm',
    'keys.db-journal',
    'events.db-checked',
    'data.key.new',
    'x.tmp',
    'y.partial',
  ];
  const directory = t.testdir({
    ...Object.fromEntries([...names, ...made, ...side].map((name) => [name, ''])),
    folder: {},
  });
  t.strictSame(
    filesToBackUp(directory, 'events.db').map(({ name, isDatabase }) => [name, isDatabase]),
    [
      ['events.db', true],
      ['a.news', false],
      ['alpha.db', true],
      ['data.key', false],
      ['events.db-other', false],
      ['keys.db', true],
      ['muster.json', false],
      ['zeta', false],
    ],
  );
  t.strictSame(filesToBackUp(join(directory, 'folder'), 'events.db'), []);
});
