import t from 'tap';
import { shareOut } from '#src/engine/read-models/parallel/shares.js';

const users = { name: 'users' };
const jobs = { name: 'jobs', share: 'jobs' };
const nodes = { name: 'nodes', share: 'jobs' };
const allocations = { name: 'allocations', share: 'allocations' };
const models = [users, jobs, allocations, nodes];

void t.test('where there are cores enough each share is built by a thread of its own', async (t) => {
  t.same(shareOut(models, 3), [['jobs', 'nodes'], ['allocations'], ['users']]);
  t.same(shareOut(models, 16), shareOut(models, 3), 'and never by more');
});

void t.test(
  'no more threads than cores read the log: what has little work is dealt out one by one',
  async (t) => {
    t.same(shareOut([users, { name: 'hosts' }, { name: 'tasks' }, ...models.slice(1)], 2), [
      ['jobs', 'nodes', 'users', 'tasks'],
      ['allocations', 'hosts'],
    ]);
    t.same(shareOut(models, 1), [['jobs', 'nodes', 'allocations', 'users']]);
    t.same(shareOut(models, 0), shareOut(models, 1));
  },
);

void t.test('shares are dealt out there and back', async (t) => {
  const shares = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ name, share: name }));
  t.same(shareOut(shares, 2), [
    ['a', 'd', 'e'],
    ['b', 'c', 'f', 'g'],
  ]);
  t.same(shareOut(shares, 3), [
    ['a', 'f', 'g'],
    ['b', 'e'],
    ['c', 'd'],
  ]);
});

void t.test('where only one share is missing there is one thread', async (t) => {
  t.same(shareOut([jobs, nodes], 4), [['jobs', 'nodes']]);
  t.same(shareOut([users], 4), [['users']]);
});
