import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';

/**
 * Appends to a log from many sides at once and writes each answer to a file of its own, so that a test can tell what was promised
 * before this process was killed: `<stream> <revision> <position>` a line.
 *
 * Arguments: directory, file of answers, appenders at once, appends in all (0: for ever).
 */
const [directory = '', answers = '', width = '16', total = '0'] = process.argv.slice(2);
const store = await openSqliteEventStore({ directory });
void store.fatal.then((error) => {
  console.log(`fatal ${error.message}`);
  process.exit(70);
});
const file = openSync(answers, 'a');
const run = randomUUID();
let left = total === '0' ? Infinity : Number(total);
console.log('ready');
await Promise.all(
  Array.from({ length: Number(width) }, async (_, n) => {
    const stream = `load-${run}-${String(n)}`;
    for (let revision = 0; left > 0; revision += 1) {
      left -= 1;
      const event = {
        id: randomUUID(),
        type: 'Loaded',
        data: JSON.stringify({ revision, pad: 'x'.repeat((revision * 37) % 900) }),
        metadata: '{}',
      };
      const answer = await store.append({
        stream,
        expected: revision === 0 ? 'no_stream' : revision - 1,
        events: [event],
      });
      writeSync(file, `${stream} ${String(answer.revision)} ${String(answer.position)}\n`);
    }
  }),
);
await store.close();
console.log('closed');
