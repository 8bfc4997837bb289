import t from 'tap';
import { indexKey, IndexHolders } from '#src/engine/read-models/index-holders.js';

const holders = () =>
  new IndexHolders({
    job: (document) => (document as { job?: string }).job,
    node: (document) => (document as { node?: string }).node,
  });
const ids = (of: IndexHolders, index: string, value: string): string | undefined => {
  const found = of.get(index, value);
  return found === undefined ? undefined : [...found].sort().join(' ');
};

void t.test('updates cached results as documents change', async (t) => {
  const of = holders();
  t.equal(ids(of, 'job', 'a'), undefined, 'a value that was never requested is not cached');
  of.learn('job', 'a', ['1', '2']);
  of.learn('job', 'b', []);
  of.stored('3', undefined, { job: 'a' });
  t.equal(ids(of, 'job', 'a'), '1 2 3', 'a new document is added');
  of.stored('1', { job: 'a' }, { job: 'b' });
  t.strictSame(
    [ids(of, 'job', 'a'), ids(of, 'job', 'b')],
    ['2 3', '1'],
    'a document with another value is moved',
  );
  of.stored('2', { job: 'a' }, undefined);
  of.stored('3', { job: 'a' }, {});
  t.equal(ids(of, 'job', 'a'), '', 'a removed document and one without a value are dropped');
  of.stored('1', { job: 'b', node: 'x' }, { job: 'b', node: 'y' });
  t.equal(ids(of, 'job', 'b'), '1', 'a document with an unchanged value remains cached');
});

void t.test('does not cache values that were not requested', async (t) => {
  const of = holders();
  of.stored('1', undefined, { job: 'a', node: 'x' });
  t.equal(ids(of, 'job', 'a'), undefined);
  of.learn('job', 'a', ['1']);
  of.stored('2', undefined, { job: 'b', node: 'x' });
  t.strictSame([ids(of, 'job', 'b'), ids(of, 'node', 'x')], [undefined, undefined]);
  of.clear();
  t.equal(ids(of, 'job', 'a'), undefined);
});

void t.test('uses a different key for each index and value', async (t) => {
  t.not(indexKey('job', 'a'), indexKey('job', 'b'));
  t.not(indexKey('job', 'a'), indexKey('node', 'a'));
});
