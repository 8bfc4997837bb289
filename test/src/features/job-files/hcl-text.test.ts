import t from 'tap';
import { readJobFile } from '#src/features/job-files/index.js';

/** Returns what is wrong with a job file that contains this string. */
async function problemOf(text: string): Promise<string> {
  const read = await readJobFile(`job "a" { x = "${text}" }`);
  return JSON.stringify(read);
}

void t.test('a string with too many pieces is refused before it is parsed', async (t) => {
  for (const piece of ['$', '%', '$$', '$${a}', '%%{a}', '$a'])
    t.match(await problemOf(piece.repeat(2_001)), /more than 2000 lines, \$ and % together/, piece);
  t.notMatch(await problemOf('a'.repeat(20_000)), /together/);
});
