import t from 'tap';
import { changeOf, differenceOf, type Described } from '#src/cli/tasks/task-difference.js';

const standing = (body: Described) => ({ task: body.name, body });
const all = (): boolean => true;

void t.test('reports new, changed and surplus tasks, and counts the unchanged ones', async (t) => {
  const there = [
    standing({ name: 'a', command: 'x', labels: { k: '1' } }),
    standing({ name: 'b', command: 'x' }),
    standing({ name: 'c', command: 'x' }),
  ];
  const difference = differenceOf(
    [
      { name: 'a', labels: { k: '1' }, command: 'x' },
      { name: 'b', command: 'y', schedule: '@daily' },
      { name: 'd' },
    ],
    there,
    all,
  );
  t.same(difference, {
    create: [{ name: 'd' }],
    update: [
      {
        task: 'b',
        fields: [
          { field: 'command', from: 'x', to: 'y' },
          { field: 'schedule', from: undefined, to: '@daily' },
        ],
      },
    ],
    surplus: ['c'],
    unchanged: 1,
  });
  t.same(
    differenceOf([], there, ({ name }) => name === 'b').surplus,
    ['b'],
    'tasks of other sets are not surplus',
  );
});

void t.test('sets a field to null that is no longer in the file', async (t) => {
  const [change] = differenceOf([{ name: 'a' }], [standing({ name: 'a', schedule: '@daily' })], all).update;
  t.same(changeOf(change?.fields ?? []), { schedule: null });
});

void t.test('treats all Unicode forms of a name as the same name', async (t) => {
  const [composed, apart] = ['NFC', 'NFD'].map((form) => 'Größe'.normalize(form)) as [string, string];
  for (const [file, server] of [
    [composed, apart],
    [apart, composed],
  ] as const) {
    t.same(differenceOf([{ name: file, command: 'x' }], [standing({ name: server, command: 'x' })], all), {
      create: [],
      update: [],
      surplus: [],
      unchanged: 1,
    });
    const { update } = differenceOf(
      [{ name: file, command: 'y' }],
      [standing({ name: server, command: 'x' })],
      all,
    );
    t.same(update, [{ task: server, fields: [{ field: 'command', from: 'x', to: 'y' }] }]);
  }
});
