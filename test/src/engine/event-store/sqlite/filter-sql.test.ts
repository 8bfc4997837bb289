import t from 'tap';
import { filterSql } from '#src/engine/event-store/sqlite/filter-sql.js';
import { Sqlite } from '#src/engine/sqlite.js';

const LAST = '\u{10ffff}';
const STREAMS = [
  'a',
  'a-1',
  'a.1',
  'b',
  `b${LAST}`,
  `b${LAST}1`,
  `b${LAST}${LAST}`,
  'c',
  '\ud7ff',
  '\ue000',
  LAST,
  `${LAST}1`,
];

void t.test('matches streams by prefix, whatever the prefix ends with', (t) => {
  const database = new Sqlite(':memory:');
  t.teardown(() => database.close());
  database.exec('CREATE TABLE events (stream TEXT NOT NULL, type TEXT NOT NULL)');
  for (const stream of STREAMS) database.prepare('INSERT INTO events VALUES (?, ?)').run(stream, 'E');
  for (const prefix of [...STREAMS, 'a-', 'd']) {
    const { condition, parameters } = filterSql({ streamPrefixes: [prefix] });
    t.same(
      database
        .prepare(`SELECT stream FROM events WHERE ${condition} ORDER BY rowid`)
        .pluck()
        .all(...parameters),
      STREAMS.filter((stream) => stream.startsWith(prefix)),
      JSON.stringify(prefix),
    );
  }
  t.end();
});
