import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { required } from '../fixtures/requirement.js';
import { canTrace, counted, ROUNDS, traceWays, waysIn } from './ways.js';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');

void t.test('the two ways of the architecture page are the files that a running server goes through', async (t) => {
  if (!required(t, canTrace(), 'strace')) return;
  const page = waysIn(PAGE);
  const traced = await traceWays(t);
  for (const way of ['command', 'event'] as const) {
    const { heading, threads } = page[way];
    t.match(heading, `: ${counted([...threads.values()].flat())}`, 'the heading counts what stands below it');
    t.same(
      [...threads.keys()],
      traced[way].map(([thread]) => thread),
    );
    for (const [thread, calls] of traced[way]) {
      const listed = threads.get(thread) ?? [];
      // What comes with a timer, or once in a while, may stand there or not.
      const always = [...calls].flatMap(([file, rounds]) => (rounds === ROUNDS ? [file] : []));
      t.ok(always.length > 5, `${thread} was traced`);
      t.same(
        always.filter((file) => !listed.includes(file)),
        [],
        `${thread}: what is called each time is listed; else: node dist/test/docs/write-ways.js`,
      );
      t.same(
        listed.filter((file) => !calls.has(file)),
        [],
        `${thread}: what is listed is called; else: node dist/test/docs/write-ways.js`,
      );
    }
  }
});
