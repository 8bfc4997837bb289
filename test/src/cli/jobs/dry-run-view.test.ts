import t from 'tap';
import { changeLines, dryRunLines, isIdle } from '#src/cli/jobs/dry-run-view.js';
import type { Cluster } from '#src/cli/shared/client.js';
import { REASONS } from '../views/samples.js';

type Group = Cluster['JobPlan']['groups'][number];
const group = (given: Partial<Group> = {}): Group => ({
  task_group: 'web',
  count: 2,
  kept: 0,
  stopped: 0,
  stops: [],
  placed: 0,
  placements: [],
  unplaced: 0,
  nodes: [],
  ...given,
});

await t.test('shows each changed field with its old and new value', (t) => {
  t.same(changeLines([{ path: 'priority', before: null, after: '90' }]), [
    'FIELD     NOW  THEN',
    'priority  -    90',
  ]);
  t.end();
});

await t.test(
  'shows counts per group, then placements, stops, the reasons of unplaced instances, and nodes',
  (t) => {
    const lines = dryRunLines([
      group({
        stopped: 1,
        stops: [{ allocation_id: 'a1', node_id: 'n1', reason: 'job-updated', step: 1 }],
        placed: 1,
        placements: [{ slot: 0, node_id: 'n2', score: 0.25, ports: [20_000], after_stops: true, step: 1 }],
        unplaced: 1,
        ...(REASONS['web'] !== undefined && { blocked: REASONS['web'] }),
        looked: {
          nodes: 3,
          fitting: 1,
          filtered: { 'driver docker': 1 },
          exhausted: { cpu: 1 },
          short: { cpu: 300 },
        },
        nodes: [
          { node_id: 'n2', verdict: 'fits', score: 0.25 },
          { node_id: 'n1', verdict: 'exhausted', reason: 'lacks cpu (short by 300)' },
        ],
      }),
    ]);
    t.same(lines.slice(0, 8), [
      'GROUP  COUNT  KEEP  STOP  PLACE  UNPLACED',
      'web    2      0     1     1      1',
      '',
      'PLACED IN GROUP  SLOT  NODE  SCORE  PORTS  WHEN',
      'web              0     n2    0.250  20000  after the stops',
      '',
      'STOPPED IN GROUP  ALLOCATION  NODE  WHY',
      'web               a1          n1    job-updated',
    ]);
    t.same(lines.slice(-5), [
      'Nodes for web: 1 of 3 fit',
      'NODE  VERDICT    SCORE  WHY',
      'n2    fits       0.250  -',
      'n1    exhausted  -      lacks cpu (short by 300)',
      '… and 1 more',
    ]);
    t.match(lines.join('\n'), /group web: 2 not placed; 3 nodes evaluated/);
    t.end();
  },
);

await t.test('shows the step of each later placement or stop', (t) => {
  const lines = dryRunLines([
    group({
      stopped: 1,
      stops: [{ allocation_id: 'a1', node_id: 'n1', reason: 'scaled-down', step: 2 }],
      placed: 2,
      placements: [
        { slot: 0, node_id: 'n2', score: 0.25, after_stops: false, step: 1 },
        { slot: 1, node_id: 'n1', score: 0.25, after_stops: true, step: 2 },
      ],
    }),
  ]);
  t.same(lines.slice(3), [
    'PLACED IN GROUP  SLOT  NODE  SCORE  PORTS  WHEN',
    'web              0     n2    0.250  -      immediately',
    'web              1     n1    0.250  -      in step 2, after the stops of that step',
    '',
    'STOPPED IN GROUP  ALLOCATION  NODE  WHY',
    'web               a1          n1    scaled-down, in step 2',
  ]);
  t.end();
});

await t.test('reports no change only if nothing is placed, stopped or unplaced', (t) => {
  t.ok(isIdle([group({ kept: 2 })]));
  for (const given of [{ placed: 1 }, { stopped: 1 }, { unplaced: 1 }]) t.notOk(isIdle([group(given)]));
  t.end();
});
