import t from 'tap';
import type { TaskCommand } from '#domain/tasks/task/index.js';
import { at, created, given, ran, set, skipped, trigger, triggered } from './specification.js';

const ended = (heir?: string): TaskCommand => ({
  kind: 'ownerEnded',
  taskId: 7,
  end: { how: 'erased', userId: 'u1', ...(heir !== undefined && { heir }) },
  now: at('2026-01-01T12:00:00Z'),
});
const cancelled = (...runs: number[]) =>
  ({ type: 'TaskRunsCancelled', data: { taskId: 7, runs, reason: 'owner_ended' } }) as const;
const paused = { type: 'TaskStatusSet', data: { taskId: 7, status: 'paused', because: 'erased' } } as const;

void t.test('the task of an account that ended is paused, and its runs are cancelled', async (t) => {
  given(created(), ran(1, '2026-01-01T02:00:00Z'), triggered(2))
    .when(ended())
    .then(t, cancelled(1, 2), paused);
  given(created(), ran(1, '2026-01-01T02:00:00Z')).when(ended(), ended()).then(t, cancelled(1), paused);
  given(created()).when(ended()).then(t, skipped('not_permitted', '2026-01-01T02:00:00Z'), paused);
});

void t.test('a paused task of an account that ended loses only its runs', async (t) => {
  given(created(), triggered(1), set('paused')).when(ended()).then(t, cancelled(1));
  given(created(), set('paused')).when(ended()).then(t);
});

void t.test('the task of an account that ended goes to its heir with its runs', async (t) => {
  given(created(), triggered(1))
    .when(ended('u2'))
    .then(t, { type: 'TaskOwnerChanged', data: { taskId: 7, ownerId: 'u2', because: 'erased' } });
  t.match(given(created()).when(trigger, ended('u2'), ended('u2')).outcome.state, {
    createdBy: 'u2',
    status: 'active',
    runs: new Map([[1, {}]]),
  });
});
