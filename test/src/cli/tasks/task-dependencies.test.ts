import t from 'tap';
import { topologicalOrder, KnownTasks, withNamedDependencies } from '#src/cli/tasks/task-dependencies.js';
import { taskBodies } from '#src/surfaces/tasks/index.js';
import type { Described } from '#src/cli/tasks/task-difference.js';

const follows = (name: string, ...tasks: (string | number)[]): Described => ({
  name,
  after: { tasks, on: 'success' },
});

void t.test('accepts names where the API requires numbers, and still reports other errors', async (t) => {
  const { normaliseTask: wholeBody } = await taskBodies();
  const read = (body: unknown): Described => wholeBody(body) as Described;
  const said = {
    name: 'load',
    executor: 'shell',
    command: 'true',
    after: { tasks: ['extract', 3], on: 'always' },
  };
  t.match(withNamedDependencies(said, read), {
    name: 'load',
    after: { tasks: ['extract', 3], on: 'always' },
  });
  t.match(withNamedDependencies({ ...said, after: { tasks: ['extract'] } }, read), {
    after: { tasks: ['extract'], on: 'success' },
  });
  t.throws(
    () => withNamedDependencies({ ...said, after: { tasks: ['extract', 'extract'] } }, read),
    /after\.tasks: must not contain duplicates/,
  );
  t.throws(
    () => withNamedDependencies({ ...said, after: { tasks: ['extract', null] } }, read),
    /after\.tasks\[1\]: /,
  );
  t.throws(
    () => withNamedDependencies({ ...said, after: { tasks: ['extract'], on: 'never' } }, read),
    /after\.on: /,
  );
  t.throws(() => withNamedDependencies({ ...said, after: 'extract' }, read), /after: /);
  for (const body of [null, 'text', 7, [], { after: null }, { after: { tasks: 'extract' } }])
    t.throws(() => withNamedDependencies(body, read));
});

void t.test('replaces numbers with names for comparison, and names with numbers for requests', async (t) => {
  const known = new KnownTasks([
    { id: 1, name: 'extract' },
    { id: 2, name: 'load' },
  ]);
  t.same(known.named(follows('a', 1, 'load', 9)), follows('a', 'extract', 'load', 9));
  t.same(known.numbered(follows('a', 'extract', 2, 9)), follows('a', 1, 2, 9));
  t.throws(
    () => known.numbered(follows('a', 'gone')),
    /a: after\.tasks refers to gone, which does not exist and would not be created/,
  );
  known.add({ id: 4, name: 'gone' });
  t.same(known.numbered(follows('a', 'gone')), follows('a', 4));
  for (const body of [{ name: 'a' }, { name: 'a', after: null }])
    t.same(known.numbered(known.named(body)), body);
});

void t.test('sorts dependencies first, and reports a cycle', async (t) => {
  const names = (tasks: readonly Described[]): string => tasks.map(({ name }) => name).join(' ');
  t.equal(
    names(topologicalOrder([follows('c', 'b', 'old'), follows('b', 'a', 7), { name: 'x' }, { name: 'a' }])),
    'a b c x',
  );
  t.throws(
    () => topologicalOrder([{ name: 'x' }, follows('a', 'b'), follows('b', 'c'), follows('c', 'b')]),
    /circular dependency: b after c after b/,
  );
  t.throws(() => topologicalOrder([follows('a', 'a')]), /circular dependency: a after a/);
});

void t.test('finds a dependency by any Unicode form of its name', async (t) => {
  const [composed, apart] = ['NFC', 'NFD'].map((form) => 'Größe'.normalize(form)) as [string, string];
  const known = new KnownTasks([{ id: 1, name: apart }]);
  t.same(known.numbered(follows('a', composed)), follows('a', 1));
  t.same(known.named(follows('a', 1)), known.named(follows('a', composed)));
  t.same(
    topologicalOrder([follows('a', apart), follows(composed)]).map(({ name }) => name),
    [composed, 'a'],
  );
});
