import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startWhatIf, type WhatIfQuestion } from '#src/features/what-if/index.js';
import { Facts } from '../../fleet/scheduler/cluster.js';

const question = (changes: WhatIfQuestion['changes']): WhatIfQuestion => ({
  position: undefined,
  now: 1_700_000_000_000,
  changes,
  horizonMs: 60_000,
  limit: 10,
});

void t.test('answers one question at a time, queues up to four and refuses more', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const facts = new Facts(store);
  for (const node of ['n1', 'n2']) await facts.node(node);
  await facts.job('a', 4);
  const whatIf = startWhatIf({
    eventStoreHandle: () => store.handle(),
    clock: systemClock,
    directory,
    reserves: true,
  });
  const head = await store.head();
  t.match(await whatIf.ask(question([{ kind: 'drain', node: 'n1' }])), {
    basis: head,
    unsettled: undefined,
    counts: { placed: 4, moves: 0, blocked: 0 },
  });
  t.equal(await store.head(), head, 'nothing is written');
  await t.rejects(whatIf.ask(question([{ kind: 'drain', node: 'n9' }])), {
    code: 'MUSTER_E_NODE_NOT_FOUND',
  });
  const many = await Promise.allSettled(Array.from({ length: 8 }, () => whatIf.ask(question([]))));
  const refused = many.filter(({ status }) => status === 'rejected');
  t.equal(refused.length, 3);
  t.match(refused[0], { reason: { code: 'MUSTER_E_OVERLOADED' } });
  await whatIf.stop();
  await store.close();
});
