import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { required } from '../fixtures/requirement.js';
import { canTrace, ROUNDS, traceWays } from './ways.js';
import { counted, waysIn } from './ways-page.js';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');
const AGAIN = 'if not, run node dist/test/docs/write-ways.js';

void t.test(
  'the architecture page lists the files that a request and an event pass through in a running server',
  async (t) => {
    if (!required(t, canTrace(), 'strace')) return;
    const page = waysIn(PAGE);
    const traced = await traceWays(t);
    for (const way of ['command', 'event'] as const) {
      const { heading, chain, askedHeading, asked } = page[way];
      const passed = [...chain.values()].flat();
      t.match(heading, `: ${counted(passed)}`, 'the heading counts the files below it');
      t.match(
        askedHeading,
        `: ${counted([...asked.values()].flat())}`,
        'the count of files that are also called is right',
      );
      t.same([...chain], traced[way].chain, `the files passed through are listed in order; ${AGAIN}`);
      t.same(
        [...asked.keys()],
        traced[way].asked.map(([thread]) => thread),
      );
      for (const [thread, calls, soon] of traced[way].asked) {
        const listed = asked.get(thread) ?? [];
        // Only files called in every round must be listed. Timers call others now and then.
        const always = [...calls].flatMap(([file, rounds]) => (rounds === ROUNDS ? [file] : []));
        t.ok(always.length > 5, `${thread} was traced`);
        t.same(
          always.filter((file) => !listed.includes(file) && !passed.includes(file)),
          [],
          `${thread}: every file called in each round is listed; ${AGAIN}`,
        );
        t.same(
          listed.filter((file) => !calls.has(file) && !soon.has(file)),
          [],
          `${thread}: every listed file is called, then or soon after; ${AGAIN}`,
        );
      }
    }
  },
);
