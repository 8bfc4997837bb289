import t from 'tap';
import { unambiguous } from '#src/cli/unambiguous.js';

const NODES = [
  { id: 'aa11', name: 'gpu-1' },
  { id: 'aa22', name: 'gpu-10' },
  { id: 'bb33', name: null },
];

await t.test('a whole id or name is taken even where it begins another', async (t) => {
  t.equal(unambiguous('node', 'aa11', NODES).id, 'aa11');
  t.equal(unambiguous('node', 'gpu-1', NODES).id, 'aa11');
  t.equal(unambiguous('job', 'web', [{ id: 'web' }, { id: 'web-2' }]).id, 'web');
});

await t.test('an unambiguous beginning of an id or a name is enough', async (t) => {
  t.equal(unambiguous('node', 'b', NODES).id, 'bb33');
  t.equal(unambiguous('node', 'gpu-10', NODES).id, 'aa22');
});

await t.test('an ambiguous beginning lists its candidates', async (t) => {
  t.throws(() => unambiguous('node', 'aa', NODES), { message: 'aa is the beginning of several nodes:\n  aa11  gpu-1\n  aa22  gpu-10' });
  const many = Array.from({ length: 30 }, (_, index) => ({ id: `job-${index}` }));
  t.throws(() => unambiguous('job', 'job', many), { message: /… and 10 more$/ });
});

await t.test('what nothing has is said to be absent', async (t) => {
  t.throws(() => unambiguous('node', 'zz', NODES), { message: 'there is no node zz' });
});
