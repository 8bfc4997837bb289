import { readFileSync } from 'node:fs';
import t from 'tap';
import { createProgram } from '#src/cli/program.js';
import { documented, unknownIn } from './commands.js';

const PEERS = ['docker', 'kubectl', 'nomad', 'crontab', 'Cronicle'];

void t.test('each row of the tables names commands that the program has', async (t) => {
  const program = await createProgram();
  const [, ...sections] = readFileSync('docs/coming-from.md', 'utf8').split(/^## /m);
  t.same(
    sections.map((section) => section.split('\n')[0]),
    PEERS,
  );
  for (const section of sections) {
    // The first two lines of a table are its headings.
    const rows = section.split('\n').filter((line) => line.startsWith('|')).slice(2); // prettier-ignore
    t.ok(rows.length > 10, `${rows.length} rows for ${section.split('\n')[0]}`);
    for (const row of rows) {
      const ours = documented(row.split(' | ').at(-1) ?? '');
      t.ok(ours.length > 0, `${row} names a command`);
      for (const words of ours) {
        t.equal(unknownIn(words, program), undefined, `muster ${words}`);
        t.ok(takesAll(words), `muster ${words} has the arguments that it needs`);
      }
    }
  }
  t.notOk(takesAll('job scale JOB'), 'a missing argument is noticed');
  t.ok(takesAll('exec -it ID -- sh'));

  /** Whether the words have at least the required arguments of their command. */
  function takesAll(words: string): boolean {
    let command = program;
    const given: string[] = [];
    const all = words.replace(/'[^']*'/g, 'quoted').split(/\s+/);
    for (const [place, word] of all.entries()) {
      const next = command.commands.find((each) => each.name() === word);
      const before = command.options.find(({ long, short }) => [long, short].includes(all[place - 1]));
      if (next !== undefined) command = next;
      else if (!word.startsWith('-') && before?.required !== true) given.push(word);
    }
    return given.length >= command.registeredArguments.filter(({ required }) => required).length;
  }
});
