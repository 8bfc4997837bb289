import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { Program } from '../../../../fixtures/program.js';
import { nothingLost } from './programs/answers.js';

const APPENDER = join(import.meta.dirname, 'programs/appender.js');

void t.test(
  'loses no acknowledged event when killed twenty times under load',
  { timeout: 120_000 * PATIENCE },
  async (t) => {
    const folder = t.testdir();
    const directory = join(folder, 'data');
    const answers = join(folder, 'answers');
    let before = 0;
    for (let round = 0; round < 20; round += 1) {
      const program = Program.start({ command: process.execPath, args: [APPENDER, directory, answers] });
      // Each round kills later, so that kills hit commits, checkpoints and the time between.
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
