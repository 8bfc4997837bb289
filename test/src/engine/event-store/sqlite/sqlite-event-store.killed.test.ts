import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { eventually } from '../../../../fixtures/eventually.js';
import { Program } from '../../../../fixtures/program.js';
import { nothingLost } from './programs/answers.js';

const APPENDER = join(import.meta.dirname, 'programs/appender.js');

void t.test(
  'killed twenty times under load it loses nothing that it answered, and leaves no gap',
  { timeout: 120_000 },
  async (t) => {
    const folder = t.testdir();
    const directory = join(folder, 'data');
    const answers = join(folder, 'answers');
    let before = 0;
    for (let round = 0; round < 20; round += 1) {
      const program = Program.start({ command: process.execPath, args: [APPENDER, directory, answers] });
      // Later and later after the first answers, so that it is hit in commits, in checkpoints and between.
      await eventually(() => existsSync(answers) && readFileSync(answers).length > before + round * 1000, {
        interval: 3,
        what: program.tail(),
      });
      await program.end('SIGKILL');
      t.ok((await nothingLost(t, directory, answers)) > 0, `round ${String(round)}`);
      before = readFileSync(answers).length;
    }
  },
);
