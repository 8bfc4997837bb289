import t from 'tap';
import { tenantTasks, type TenantTaskEvent } from '#domain/tasks/tenant-tasks/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(tenantTasks);

const taken = (taskId: number, account: string): TenantTaskEvent => ({
  type: 'TaskPlaceTaken',
  data: { tenantId: 'a', taskId, account },
});
const gone = (taskId: number): TenantTaskEvent => ({
  type: 'TaskPlaceGiven',
  data: { tenantId: 'a', taskId },
});
const take = (taskId: number, account: string, strays: readonly number[] = []) =>
  ({ kind: 'take', tenantId: 'a', taskId, account, limits: { tenant: 3, account: 2 }, strays }) as const;
const give = (taskId: number) => ({ kind: 'give', tenantId: 'a', taskId }) as const;

void t.test('the quotas of a tenant and of its accounts limit their tasks exactly', async (t) => {
  given().when(take(1, 'u')).then(t, taken(1, 'u'));
  given(taken(1, 'u')).when(take(1, 'u')).then(t);
  given(taken(1, 'u'), taken(2, 'u')).when(take(3, 'u')).refused(t, 'MUSTER_E_QUOTA');
  t.match(
    given(taken(1, 'u'), taken(2, 'u')).when(take(3, 'u')).outcome.refusals[0]?.message,
    /quota tasks of your account: 2 of 2/,
  );
  const full = given(taken(1, 'u'), taken(2, 'u'), taken(3, 'v'));
  t.match(full.when(take(4, 'v')).outcome.refusals[0]?.message, /quota tasks of your tenant: 3 of 3/);
  full.when(give(1), take(4, 'v')).then(t, gone(1), taken(4, 'v'));
});

void t.test(
  'the place of a missing task is freed, and releasing a place that is not held changes nothing',
  async (t) => {
    given(taken(1, 'u'), taken(2, 'u'), taken(3, 'v'))
      .when(take(4, 'v', [1, 9]))
      .then(t, gone(1), taken(4, 'v'));
    given(taken(1, 'u')).when(give(9)).then(t);
  },
);

void t.test('without limits, a tenant has any number of tasks', async (t) => {
  given(taken(1, 'u'), taken(2, 'u'), taken(3, 'u'))
    .when({ ...take(4, 'u'), limits: { tenant: undefined, account: undefined } })
    .then(t, taken(4, 'u'));
});
