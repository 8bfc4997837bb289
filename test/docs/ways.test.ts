import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { required } from '../fixtures/requirement.js';
import { canTrace, ROUNDS, traceWays } from './ways.js';
import { counted, waysIn } from './ways-page.js';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');
const AGAIN = 'else: node dist/test/docs/write-ways.js';

void t.test(
  'the two ways of the architecture page are the files that a running server goes through',
  async (t) => {
    if (!required(t, canTrace(), 'strace')) return;
    const page = waysIn(PAGE);
    const traced = await traceWays(t);
    for (const way of ['command', 'event'] as const) {
      const { heading, chain, askedHeading, asked } = page[way];
      const passed = [...chain.values()].flat();
      t.match(heading, `: ${counted(passed)}`, 'the heading counts what stands below it');
      t.match(askedHeading, `: ${counted([...asked.values()].flat())}`, 'and so it is said what is asked');
      t.same([...chain], traced[way].chain, `what is passed through, in this order; ${AGAIN}`);
      t.same(
        [...asked.keys()],
        traced[way].asked.map(([thread]) => thread),
      );
      for (const [thread, calls, soon] of traced[way].asked) {
        const listed = asked.get(thread) ?? [];
        // What comes with a timer, or once in a while, may stand there or not.
        const always = [...calls].flatMap(([file, rounds]) => (rounds === ROUNDS ? [file] : []));
        t.ok(always.length > 5, `${thread} was traced`);
        t.same(
          always.filter((file) => !listed.includes(file) && !passed.includes(file)),
          [],
          `${thread}: what is called each time is listed; ${AGAIN}`,
        );
        t.same(
          listed.filter((file) => !calls.has(file) && !soon.has(file)),
          [],
          `${thread}: what is listed is called, or soon after; ${AGAIN}`,
        );
      }
    }
  },
);
