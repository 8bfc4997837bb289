import t from 'tap';
import type { Cluster } from '#src/cli/shared/client.js';
import { whatIfPage } from '#src/cli/nodes/what-if-view.js';

type WhatIf = Cluster['WhatIf'];

const USE = {
  nodes: 2,
  allocations: 3,
  waiting: 0,
  cpu: { used: 300, capacity: 1000 },
  memory: { used: 30, capacity: 1000 },
  gpus: { used: 0, capacity: 0 },
};

function told(over: Partial<WhatIf> = {}): WhatIf {
  return {
    at: '2026-11-27T14:32:00Z',
    basis: '42',
    since_basis: { events: 0, more: false },
    settled: true,
    seconds: 0,
    moves: [],
    placed: [],
    stopped: [],
    blocked: [],
    unblocked: [],
    nodes: [],
    fits: [],
    sums: {
      moves: 0,
      placed: 0,
      stopped: 0,
      blocked: 0,
      unblocked: 0,
      nodes: 0,
      later: 0,
      before: USE,
      after: USE,
    },
    left_out: ['Quotas.'],
    ...over,
  };
}

void t.test(
  'shows the log position that the answer is based on, and whether the cluster settled',
  async (t) => {
    t.match(whatIfPage(told()), [/^As of +2026-11-27T14:32:00Z, event #42$/, /^Settled +immediately$/]);
    const [basis, settled] = whatIfPage(
      told({ since_basis: { events: 10_000, more: true }, settled: false, unsettled_because: 'time' }),
    );
    t.match(basis, /; the log has had more than 10000 events since$/);
    t.match(settled, /no: stopped after 10 s of planning/);
    t.match(whatIfPage(told({ basis: null }))[0], /an empty log/);
  },
);

void t.test('shows how many entries a shortened list omits, and why instances are unplaced', async (t) => {
  const reason = { unplaced: 1, nodes: 2, filtered: {}, exhausted: { cpu: 2 }, short: { cpu: 50 } };
  const { sums } = told();
  const page = whatIfPage(
    told({
      moves: [
        { allocation_id: 'a1', job_id: 'web', task_group: 'main', slot: 0, from: 'n1', to: 'n2', score: 0.5 },
      ],
      blocked: [{ job_id: 'web', task_group: 'main', before: 0, after: 1, reason }],
      fits: [{ count: 1, at_least: true }],
      sums: { ...sums, moves: 3, blocked: 1, later: 1 },
    }),
  );
  t.ok(page.includes('… and 2 more'));
  t.ok(page.includes('Fit 1: at least 1 job'));
  t.ok(page.some((line) => /^web: group main: 1 not placed; 2 nodes evaluated$/.test(line)));
  t.ok(page.some((line) => /^a1 +web +main +0 +n1 +n2 +0\.500$/.test(line)));
  t.ok(page.some((line) => /^Later +1 instance$/.test(line)));
});
