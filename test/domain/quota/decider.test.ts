import t from 'tap';
import { limitOf, limitProblem, quotaDecider, type QuotaCommand, type QuotaEvent, type QuotaState } from '#domain/quota/index.js';
import { taskPlaceDecider, type TaskPlaceCommand, type TaskPlaceEvent, type TaskPlaces } from '#domain/task-place/index.js';

/** Decides, and folds what was decided. */
function after<Command, Event, State>(
  decider: { decide(command: Command, state: State): readonly Event[]; evolve(state: State, event: never): State },
  state: State,
  command: Command,
  at = 0,
): { readonly state: State; readonly events: readonly Event[] } {
  const events = decider.decide(command, state);
  return { events, state: events.reduce<State>((so, event) => decider.evolve(so, { ...event, metadata: { at } } as never), state) };
}

const quota = (state: QuotaState, command: QuotaCommand, at = 0) => after<QuotaCommand, QuotaEvent, QuotaState>(quotaDecider, state, command, at);
const place = (state: TaskPlaces, command: TaskPlaceCommand) => after<TaskPlaceCommand, TaskPlaceEvent, TaskPlaces>(taskPlaceDecider, state, command);

void t.test('a limit is set for a tenant or an account, once, and reset', async (t) => {
  const set = { kind: 'set', tenantId: 'a', quota: 'slots', limit: '50%' } as const;
  const first = quota(quotaDecider.initialState, set);
  t.same(first.events, [{ type: 'QuotaSet', data: { tenantId: 'a', quota: 'slots', limit: '50%' } }]);
  t.same(quota(first.state, set).events, []);
  const ofAccount = quota(first.state, { ...set, account: 'u', limit: '2' });
  t.same(ofAccount.events, [{ type: 'QuotaSet', data: { tenantId: 'a', account: 'u', quota: 'slots', limit: '2' } }]);
  const reset = quota(ofAccount.state, { ...set, limit: null });
  t.same(reset.events, [{ type: 'QuotaReset', data: { tenantId: 'a', quota: 'slots' } }]);
  t.same([...reset.state.limits], [['u slots', '2']]);
  t.throws(() => quota(reset.state, { ...set, quota: 'tasks', limit: '50%' }), { code: 'MUSTER_E_INVALID' });
});

void t.test('refusals are recorded once a minute for each quota', async (t) => {
  const refused = { kind: 'refused', tenantId: 'a', quota: 'tasks', limit: 3, used: 3 } as const;
  const first = quota(quotaDecider.initialState, { ...refused, now: 1000 }, 1000);
  t.same(first.events, [{ type: 'QuotaRefused', data: { tenantId: 'a', quota: 'tasks', limit: 3, used: 3 } }]);
  t.same(quota(first.state, { ...refused, now: 60_999 }).events, []);
  t.equal(quota(first.state, { ...refused, now: 61_000 }).events.length, 1);
  t.equal(quota(first.state, { ...refused, account: 'u', now: 2000 }).events.length, 1);
});

void t.test('a limit is a number, a share of what there is, or none', async (t) => {
  t.equal(limitOf('7', 100), 7);
  t.equal(limitOf('75%', 10), 7);
  t.equal(limitOf('1%', 10), 1, 'one at least');
  t.equal(limitOf('75%', 0), undefined);
  t.equal(limitOf('unlimited', 10), undefined);
  for (const bad of ['', '-1', '1.5', '101%', '%', 'all']) t.ok(limitProblem('cpu', bad), bad);
  t.equal(limitProblem('cpu', '100%'), undefined);
});

void t.test('tasks are counted exactly, of the tenant and of each account', async (t) => {
  const take = (taskId: number, account: string, strays: readonly number[] = []) =>
    ({ kind: 'take', tenantId: 'a', taskId, account, limits: { tenant: 3, account: 2 }, strays }) as const;
  let { state } = place(taskPlaceDecider.initialState, take(1, 'u'));
  ({ state } = place(state, take(2, 'u')));
  t.same(place(state, take(2, 'u')).events, [], 'a task counts once');
  t.throws(() => place(state, take(3, 'u')), { code: 'MUSTER_E_QUOTA', message: /quota tasks of the account u: 2 of 2/ });
  ({ state } = place(state, take(3, 'v')));
  t.throws(() => place(state, take(4, 'v')), { code: 'MUSTER_E_QUOTA', message: /quota tasks of the tenant a: 3 of 3/ });
  t.same(place(state, { kind: 'give', tenantId: 'a', taskId: 9 }).events, []);
  t.equal(place(state, take(4, 'v', [1])).state.size, 3, 'what is not there any more makes room');
  ({ state } = place(state, { kind: 'give', tenantId: 'a', taskId: 1 }));
  t.equal(place(state, take(4, 'v')).state.size, 3);
});
