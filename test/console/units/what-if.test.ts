import t from 'tap';
import type * as Find from '../../../console/rooms/what-if/find.js';
import type * as Form from '../../../console/rooms/what-if/form.js';
import type * as Sums from '../../../console/rooms/what-if/sums.js';
import { loadConsole } from '../fixtures/load.js';

const { rowsOf, searchOf, problemsOf, refusedField, questionOf, wordsOf } =
  await loadConsole<typeof Form>('rooms/what-if/form.ts');
const { sentencesOf, sumsOf, sinceOf, reachOf, reasonWords, nodeLabel } =
  await loadConsole<typeof Sums>('rooms/what-if/sums.ts');
const { meant } = await loadConsole<typeof Find>('rooms/what-if/find.ts');

type WhatIf = Parameters<typeof Sums.sumsOf>[0];

const ROWS: readonly Form.Row[] = [
  { kind: 'drain', object: 'n1', amount: '' },
  { kind: 'drain', object: 'n2', amount: '' },
  { kind: 'add', object: 'n1', amount: '10' },
  { kind: 'priority', object: 'a', amount: '80' },
  { kind: 'fit', object: 'train', amount: '' },
];

void t.test('the form is stored in the URL', async (t) => {
  const search = searchOf(ROWS);
  t.match(search, { drain: 'n1,n2', add: '10xn1', priority: 'a=80', fit: 'train', ask: undefined });
  t.same(rowsOf(search), ROWS);
  t.equal(rowsOf({ at: '17' }), undefined, 'a URL without a question has no form');
  t.same(rowsOf(searchOf([])), [], 'a question without a change has an empty form');
  for (const text of ['x', '=', 'a=b=c', '5x', '10'])
    for (const kind of ['add', 'priority'])
      t.same(searchOf(rowsOf({ [kind]: text }) ?? []).ask, undefined, `${kind}: ${text}`);
});

void t.test('the request contains the moment and one change for each row', async (t) => {
  const job = { task_groups: [] };
  t.same(questionOf(ROWS, '17', new Map([['train', job]])), {
    as_of: '17',
    changes: [
      { drain: 'n1' },
      { drain: 'n2' },
      { add_nodes: { like: 'n1', count: 10 } },
      { priority: { job: 'a', to: 80 } },
      { fit: job },
    ],
  });
  const others = rowsOf({ down: 'n1', eligible: 'n2', ineligible: 'n3', stop: 'b' }) ?? [];
  t.same(questionOf(others, undefined, new Map()), {
    changes: [
      { down: 'n1' },
      { eligible: { node: 'n3', to: false } },
      { eligible: { node: 'n2', to: true } },
      { stop: 'b' },
    ],
  });
  t.same(
    wordsOf(ROWS).join(' '),
    'what-if --drain n1 --drain n2 --add 10xn1 --priority a=80 --fit train.json',
  );
});

void t.test('each error is assigned to a field', async (t) => {
  t.same(problemsOf(ROWS), []);
  const wrong = rowsOf({ drain: 'n1', down: 'n1', add: '0xn2', priority: 'a=101', stop: '<b>' }) ?? [];
  t.match(problemsOf([...wrong, { kind: 'fit', object: '', amount: '' }]), [
    { row: 1, field: 'object', words: 'Change each node only once.' },
    { row: 2, field: 'amount', words: 'Enter a whole number from 1 to 10000.' },
    { row: 3, field: 'amount', words: 'Enter a whole number from 0 to 100.' },
    { row: 4, field: 'object' },
    { row: 5, field: 'object', words: 'Enter a job.' },
  ]);
  t.match(
    problemsOf(Array(5).fill(ROWS[4])),
    [{ row: undefined }],
    'an error about too many jobs to count refers to no row',
  );
  t.match(refusedField('changes[2].add_nodes.count: too large', ROWS), { row: 2, field: 'amount' });
  t.match(refusedField('node not found: n2', ROWS), { row: 1, field: 'object' });
  t.match(refusedField('Too many questions wait', ROWS), { row: undefined });
});

void t.test('a node is found by its id, its name, or a prefix of either', async (t) => {
  const rows = [
    { id: 'n1', name: 'web' },
    { id: 'n10', name: 'web-2' },
    { id: 'x', name: 'gpu-1' },
  ];
  t.equal(meant(rows, 'n1'), 'n1');
  t.equal(meant(rows, 'web'), 'n1');
  t.equal(meant(rows, 'gpu'), 'x');
  t.equal(meant(rows, 'n'), undefined, 'the prefix is ambiguous');
  t.equal(meant(rows, 'none'), undefined);
});

const use = (nodes: number, cpu: number, waiting = 0) => ({
  nodes,
  allocations: 3,
  waiting,
  cpu: { used: 100, capacity: cpu },
  memory: { used: 32, capacity: 2048 },
  gpus: { used: 0, capacity: 0 },
});
const ANSWER: WhatIf = {
  at: '2026-11-20T15:00:00Z',
  basis: '42',
  since_basis: { events: 1, more: false },
  settled: true,
  seconds: 5,
  moves: [],
  placed: [],
  stopped: [],
  blocked: [{ job_id: 'a', task_group: 'web', before: 1, after: 3 }],
  unblocked: [],
  nodes: [],
  fits: [{ count: 59, at_least: false }],
  sums: {
    moves: 1,
    placed: 0,
    stopped: 0,
    blocked: 2,
    unblocked: 0,
    nodes: 1,
    later: 0,
    before: use(2, 6000, 1),
    after: use(1, 4000, 3),
  },
  left_out: [],
};

void t.test('the result is described in sentences', async (t) => {
  t.same(sentencesOf(ANSWER, ['train']), [
    '1 allocation would move and at least 2 more instances would have to wait.',
    '59 more jobs like train would fit.',
  ]);
  const quiet = { ...ANSWER, blocked: [], fits: [], sums: { ...ANSWER.sums, moves: 0, blocked: 0 } };
  t.same(sentencesOf(quiet, []), ['Nothing would move, and no more instances would have to wait.']);
  t.same(
    sentencesOf({ ...quiet, fits: [{ count: 1, at_least: true }] }, ['train'])[0],
    'At least 1 more job like train would fit.',
  );
  t.equal(sinceOf(ANSWER), '1 event since then is not considered.');
  t.equal(sinceOf({ ...ANSWER, since_basis: { events: 0, more: false } }), undefined);
  t.match(reachOf(ANSWER), 'After 5 s');
  t.match(reachOf({ ...ANSWER, settled: false, unsettled_because: 'events' }), 'incomplete');
});

void t.test('totals are compared, and differences have a sign', async (t) => {
  const sums = Object.fromEntries(sumsOf(ANSWER).map((sum) => [sum.label, sum]));
  t.match(sums['Nodes that accept placements'], { before: '2', after: '1', change: '−1' });
  t.match(sums['Waiting instances'], { before: '1', after: '3', change: '+2' });
  t.match(sums['Allocations'], { change: '' });
  t.match(sums['CPU'], {
    before: '100 of 6\u202F000 (2 %)',
    after: '100 of 4\u202F000 (3 %)',
    change: 'capacity −2\u202F000',
  });
  t.match(sums['Memory'], { before: '32 MiB of 2.0 GiB (2 %)', change: '' });
  t.match(sums['GPUs'], { before: '–', after: '–', change: '' });
});

void t.test(
  'reasons for waiting are listed, and an added node is labelled with the node that it copies',
  async (t) => {
    const reason = {
      unplaced: 1,
      nodes: 3,
      filtered: { class: 1, unschedulable: 2 },
      exhausted: { cpu: 2 },
      short: { cpu: 300 },
    };
    t.same(reasonWords(reason), [
      '1 node ruled out by class',
      '2 nodes ruled out by state (down, draining, ineligible or not admitted yet)',
      '2 nodes with too little cpu (short by at least 300)',
    ]);
    t.same(reasonWords({ ...reason, nodes: 0 }), ['no nodes are registered']);
    const id = '01234567-89ab-4def-8123-456789abcdef';
    t.equal(nodeLabel(id, new Map([[id, 'web']])), 'web');
    t.equal(nodeLabel(`${id}+2`, new Map()), '01234567+2');
  },
);
