import t from 'tap';
import type * as Marks from '../../../console/moment/marks.js';
import { loadConsole } from '../fixtures/load.js';

const { MOST_MARKS, parseMarks, tickKindOf, withMark, withoutMark } =
  await loadConsole<typeof Marks>('moment/marks.ts');

const mark = (position: string, note = ''): Marks.Mark => ({
  position,
  at: '2026-11-27T03:00:00.000Z',
  note,
});

void t.test('a moment has one mark, and the oldest marks are dropped', async (t) => {
  const marks = withMark(withMark([], mark('1', 'one')), mark('2'));
  t.strictSame(withMark(marks, mark('1', 'again')), [mark('1', 'again'), mark('2')]);
  t.strictSame(withoutMark(marks, '2'), [mark('1', 'one')]);
  let many: readonly Marks.Mark[] = [];
  for (let position = 0; position <= MOST_MARKS; position += 1) many = withMark(many, mark(String(position)));
  t.equal(many.length, MOST_MARKS);
  t.equal(many[0]?.position, String(MOST_MARKS));
});

void t.test('stored text that is not a list of marks is ignored', async (t) => {
  t.strictSame(parseMarks(JSON.stringify([mark('7', 'note')])), [mark('7', 'note')]);
  for (const text of [null, '', '{', '{}', '"x"', '[null, 1, {"position": "x"}]'])
    t.strictSame(parseMarks(text), [], String(text));
  t.strictSame(
    parseMarks(
      JSON.stringify([
        { ...mark('1'), at: 'soon' },
        { ...mark('2'), note: 3 },
      ]),
    ),
    [],
  );
});

void t.test('failures, deployments and drains are told apart on the timeline', async (t) => {
  for (const [type, kind] of [
    ['AllocationFailed', 'failure'],
    ['AllocationLost', 'failure'],
    ['NodeWentDown', 'failure'],
    ['ServiceFailed', 'failure'],
    ['JobDeploymentStarted', 'deployment'],
    ['DeploymentSettled', 'deployment'],
    ['NodeDrainStarted', 'drain'],
    ['NodeRegistered', 'change'],
  ] as const)
    t.equal(tickKindOf(type), kind, type);
});
