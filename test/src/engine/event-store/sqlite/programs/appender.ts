import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';

/**
 * Appends to a log concurrently and writes each response to a separate file, so that a test knows what was acknowledged before this
 * process was killed. Each line is `<stream> <revision> <position>`.
 *
 * Arguments: directory, response file, concurrent appenders, total appends (0: unlimited).
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
