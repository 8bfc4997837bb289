import t from 'tap';
import { shareOut } from '#src/engine/read-models/parallel/shares.js';

const users = { name: 'users' };
const jobs = { name: 'jobs', share: 'jobs' };
const nodes = { name: 'nodes', share: 'jobs' };
const allocations = { name: 'allocations', share: 'allocations' };
const models = [users, jobs, allocations, nodes];

void t.test('assigns each share its own thread if there are enough cores', async (t) => {
  t.same(shareOut(models, 3), [['jobs', 'nodes'], ['allocations'], ['users']]);
  t.same(shareOut(models, 16), shareOut(models, 3), 'additional cores start no more threads');
});

void t.test('uses no more threads than cores, and distributes small models one by one', async (t) => {
  t.same(shareOut([users, { name: 'hosts' }, { name: 'tasks' }, ...models.slice(1)], 2), [
    ['jobs', 'nodes', 'users', 'tasks'],
    ['allocations', 'hosts'],
  ]);
  t.same(shareOut(models, 1), [['jobs', 'nodes', 'allocations', 'users']]);
  t.same(shareOut(models, 0), shareOut(models, 1));
});

void t.test('distributes shares over the threads in alternating order', async (t) => {
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

void t.test('starts one thread if only one share is missing', async (t) => {
  t.same(shareOut([jobs, nodes], 4), [['jobs', 'nodes']]);
  t.same(shareOut([users], 4), [['users']]);
});
