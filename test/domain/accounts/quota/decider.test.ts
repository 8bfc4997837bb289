import t from 'tap';
import { limitOf, limitProblem, quotas, type QuotaEvent } from '#domain/accounts/quota/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(quotas, { moments: (revision) => (revision + 1) * 1000 });

const SET: QuotaEvent = { type: 'QuotaSet', data: { tenantId: 'a', quota: 'slots', limit: '50%' } };
const set = { kind: 'set', tenantId: 'a', quota: 'slots', limit: '50%' } as const;

void t.test('a quota is set or reset for a tenant or account, and only changes are recorded', async (t) => {
  given().when(set).then(t, SET);
  given(SET).when(set).then(t);
  const ofAccount: QuotaEvent = {
    type: 'QuotaSet',
    data: { tenantId: 'a', account: 'u', quota: 'slots', limit: '2' },
  };
  given(SET)
    .when({ ...set, account: 'u', limit: '2' })
    .then(t, ofAccount);
  const reset: QuotaEvent = { type: 'QuotaReset', data: { tenantId: 'a', quota: 'slots' } };
  given(SET, ofAccount)
    .when({ ...set, limit: null })
    .then(t, reset);
  t.same([...given(SET, ofAccount, reset).state.limits], [['u slots', '2']]);
  given()
    .when({ ...set, limit: null })
    .then(t);
  given()
    .when({ ...set, quota: 'tasks', limit: '50%' })
    .refused(t, 'MUSTER_E_INVALID');
});

void t.test('a refusal is recorded at most once a minute for each quota', async (t) => {
  const refused = { kind: 'refused', tenantId: 'a', quota: 'tasks', limit: 3, used: 3 } as const;
  const recorded: QuotaEvent = {
    type: 'QuotaRefused',
    data: { tenantId: 'a', quota: 'tasks', limit: 3, used: 3 },
  };
  given()
    .when({ ...refused, now: 1000 })
    .then(t, recorded);
  // The first refusal was recorded at 1000.
  given(recorded)
    .when({ ...refused, now: 60_999 })
    .then(t);
  given(recorded)
    .when({ ...refused, now: 61_000 })
    .then(t, recorded);
  given(recorded)
    .when({ ...refused, account: 'u', now: 2000 })
    .thenTypes(t, 'QuotaRefused');
});

void t.test('a quota is a number, a percentage of the cluster, or unlimited', async (t) => {
  t.equal(limitOf('7', 100), 7);
  t.equal(limitOf('75%', 10), 7);
  t.equal(limitOf('1%', 10), 1, 'a percentage gives at least 1');
  t.equal(limitOf('75%', 0), undefined);
  t.equal(limitOf('unlimited', 10), undefined);
  for (const bad of ['', '-1', '1.5', '101%', '%', 'all']) t.ok(limitProblem('cpu', bad), bad);
  t.equal(limitProblem('cpu', '100%'), undefined);
});
