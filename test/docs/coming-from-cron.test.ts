import { readFile } from 'node:fs/promises';
import t from 'tap';
import { dayFieldsOf } from '#domain/tasks/schedule/index.js';
import { scheduleText } from '#src/fleet/tasks/index.js';

void t.test('the page says of each schedule what the program says and does', async (t) => {
  const page = await readFile(new URL('../../../docs/coming-from-cron.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` +\| (.+?) +\| (At .+?) +\|$/gm)];
  t.equal(rows.length, 3);
  for (const [, pattern = '', fires = '', sentence] of rows) {
    t.equal(scheduleText({ pattern }), sentence);
    const rule = dayFieldsOf(pattern);
    t.equal(rule, fires.includes(', and on each') ? 'or' : 'and', `${pattern}: ${fires}`);
  }
});
