import t from 'tap';
import { unambiguous } from '#src/cli/shared/resolve-prefix.js';

const NODES = [
  { id: 'aa11', name: 'gpu-1' },
  { id: 'aa22', name: 'gpu-10' },
  { id: 'bb33', name: null },
];

await t.test('accepts a complete id or name even if it is a prefix of another', async (t) => {
  t.equal(unambiguous('node', 'aa11', NODES).id, 'aa11');
  t.equal(unambiguous('node', 'gpu-1', NODES).id, 'aa11');
  t.equal(unambiguous('job', 'web', [{ id: 'web' }, { id: 'web-2' }]).id, 'web');
});

await t.test('accepts an unambiguous prefix of an id or a name', async (t) => {
  t.equal(unambiguous('node', 'b', NODES).id, 'bb33');
  t.equal(unambiguous('node', 'gpu-10', NODES).id, 'aa22');
});

await t.test('lists the candidates of an ambiguous prefix', async (t) => {
  t.throws(() => unambiguous('node', 'aa', NODES), {
    message: 'aa is a prefix of several nodes:\n  aa11  gpu-1\n  aa22  gpu-10',
  });
  const many = Array.from({ length: 30 }, (_, index) => ({ id: `job-${index}` }));
  t.throws(() => unambiguous('job', 'job', many), { message: /… and 10 more$/ });
});

await t.test('reports an id that does not exist', async (t) => {
  t.throws(() => unambiguous('node', 'zz', NODES), { message: 'no such node: zz' });
});

await t.test("requires --id or --name if an id is also another object's name", async (t) => {
  const both = [
    { id: '123', name: 'backup' },
    { id: '7', name: '123' },
  ];
  t.throws(() => unambiguous('task', '123', both), {
    message:
      '123 is the id of one task and the name of another:\n  123  backup\n  7  123\nChoose one with --id or --name',
  });
  t.equal(unambiguous('task', '123', both, { id: true }).id, '123');
  t.equal(unambiguous('task', '123', both, { name: true }).id, '7');
  t.throws(() => unambiguous('task', '123', both, { id: true, name: true }), /are mutually exclusive/);
  t.throws(() => unambiguous('task', 'backup', both, { id: true }), /no such task: backup/);
  t.throws(() => unambiguous('task', '7', both, { name: true }), /no such task: 7/);
  t.equal(
    unambiguous('node', 'n1', [{ id: 'n1', name: 'n1' }]).id,
    'n1',
    'a node whose name equals its own id is unambiguous',
  );
});

await t.test('finds a name in any Unicode form', async (t) => {
  const services = [
    { id: '1', name: 'Größe'.normalize('NFC') },
    { id: '2', name: 'Café bleu'.normalize('NFD') },
  ];
  for (const form of ['NFC', 'NFD'] as const) {
    t.equal(unambiguous('service', 'Größe'.normalize(form), services).id, '1', form);
    t.equal(unambiguous('service', 'Café'.normalize(form), services).id, '2', `${form}, by a prefix`);
  }
});
