import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { required } from '../fixtures/requirement.js';
import { canTrace, traceWays, waysIn, written } from './ways.js';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');

void t.test('the two ways of the architecture page are the files that a running server goes through', async (t) => {
  if (!required(t, canTrace(), 'strace')) return;
  t.same(waysIn(PAGE).split('\n'), written(await traceWays(t)).split('\n'), 'else: node dist/test/docs/write-ways.js');
});
