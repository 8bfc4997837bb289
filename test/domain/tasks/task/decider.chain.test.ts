import t from 'tap';
import type { SkipReason, TaskCommand, TaskEvent, Timing } from '#domain/tasks/task/index.js';
import { plainTask as task } from '../../../fixtures/plain-task.js';
import { MADE, given, of, created, ended, cancelled, set, triggered, settle } from './specification.js';

const end = (
  run: number,
  revision: number,
  outcome: 'success' | 'failed' | 'timeout' | 'cancelled' = 'success',
  taskId = 3,
) => ({
  taskId,
  run,
  revision,
  at: MADE + revision,
  outcome,
});
const follow = (...ends: ReturnType<typeof end>[]): TaskCommand => ({
  kind: 'follow',
  taskId: 7,
  ends,
  permitted: true,
});
const followed = ({ outcome: _, ...after }: ReturnType<typeof end>, run: number): TaskEvent => ({
  type: 'TaskChainDecided',
  data: { taskId: 7, after, decision: 'run', run, keptFrom: 1, attempts: 1, tenantId: 't1' },
});
const notFollowed = ({ outcome: _, ...after }: ReturnType<typeof end>, reason: SkipReason): TaskEvent => ({
  type: 'TaskChainDecided',
  data: { taskId: 7, after, decision: 'skipped', reason },
});
const following = (on: 'success' | 'failure' | 'always' = 'success', timing?: Partial<Timing>): TaskEvent =>
  created({ after: { tasks: [3, 4], on } }, { concurrency: 'allow', ...timing });

void t.test('each ended run of a dependency starts one run, in order', async (t) => {
  given(following())
    .when(follow(end(1, 2)))
    .then(t, followed(end(1, 2), 1));
  given(following())
    .when(follow(end(1, 2)), follow(end(1, 2)))
    .then(t, followed(end(1, 2), 1));
  given(following())
    .when(follow(end(2, 5), end(2, 5), end(1, 9), end(1, 3, 'success', 4)), follow(end(1, 4), end(1, 9)))
    .then(t, followed(end(2, 5), 1), followed(end(1, 9), 2), followed(end(1, 3, 'success', 4), 3));
  given(following('always'))
    .when(follow(end(1, 5, 'cancelled'), end(2, 5, 'cancelled')))
    .then(t, followed(end(1, 5), 1), followed(end(2, 5), 2));
  given(following(), triggered(1))
    .when(follow(end(9, 30)))
    .then(t, followed(end(9, 30), 2));
});

void t.test('the end of a run that a task does not depend on records nothing', async (t) => {
  for (const [on, outcomes] of [
    ['success', ['failed', 'timeout', 'cancelled']],
    ['failure', ['success', 'cancelled']],
  ] as const)
    for (const outcome of outcomes)
      given(following(on))
        .when(follow(end(1, 2, outcome)))
        .then(t);
  for (const outcome of ['failed', 'timeout'] as const)
    given(following('failure'))
      .when(follow(end(1, 2, outcome)))
      .then(t, followed(end(1, 2), 1));
  given(following())
    .when(follow(end(1, 2, 'success', 5)))
    .then(t);
  given(created())
    .when(follow(end(1, 2)))
    .then(t);
  given(following(), { type: 'TaskDeleted', data: { taskId: 7 } })
    .when(follow(end(1, 2)))
    .then(t);
  const alone: TaskEvent = { type: 'TaskUpdated', data: { ...of, keptFrom: 1, definition: task() } };
  given(following(), alone)
    .when(follow(end(1, 2)))
    .then(t);
});

void t.test(
  'runs triggered by dependencies obey the same limits as slots, and a skip records its reason',
  async (t) => {
    const [one, two] = [end(1, 2), end(2, 4)];
    for (const to of ['paused', 'disabled'] as const)
      given(following(), set(to)).when(follow(one), follow(one)).then(t, notFollowed(one, to));
    given(following())
      .when({ ...follow(one), permitted: false } as TaskCommand, follow(one))
      .then(t, notFollowed(one, 'not_permitted'));
    given(following())
      .when({ ...follow(one), overQuota: true } as TaskCommand, follow(one))
      .then(t, notFollowed(one, 'over_quota'));
    const forbid = following('success', { concurrency: 'forbid' });
    given(forbid).when(follow(one, two)).then(t, followed(one, 1), notFollowed(two, 'forbidden'));
    given(forbid)
      .when(follow(one), settle(1, 1, 'success'), follow(two))
      .then(t, followed(one, 1), ended(1), followed(two, 2));
    const replace = following('success', { concurrency: 'replace' });
    given(replace, triggered(1))
      .when(follow(one, two))
      .then(t, cancelled('replaced', 1), followed(one, 2), cancelled('replaced', 2), followed(two, 3));
    const full = Array.from({ length: 1000 }, (_, index) => triggered(index + 1));
    given(following(), ...full)
      .when(follow(one))
      .then(t, notFollowed(one, 'too_many'));
  },
);
