import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import t, { type Test } from 'tap';
import { holdModels } from '../../../http/support/held-models.js';
import { openTestApi, type Said } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const naughty = JSON.parse(
  await readFile(createRequire(import.meta.url).resolve('big-list-of-naughty-strings/blns.json'), 'utf8'),
) as string[];
const SPEC = { image: 'nvidia/cuda:11.8.0-base-ubuntu22.04', resources: { gpuCount: 1 } };

interface Claim {
  readonly id: string;
  readonly user_id: number;
  readonly status: object;
}

async function scene(t: Test, over: Parameters<typeof openTestApi>[1] = {}) {
  const api = await openTestApi(t, over);
  const account = async (username: string, made: object = {}) => {
    const context = commandContext();
    const registered = await api.identity.registrations.register(
      { username, password: 'password123', role: 'user', ...made },
      context,
    );
    const { token } = (
      await api.say('POST', '/api/auth/login', { username, password: 'password123' })
    ).json() as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const say = (method: string, url: string, body?: unknown, more: object = {}): Promise<Said> =>
      api.say(method, url, body, { ...headers, ...more });
    const ids = async (query = '') =>
      ((await say('GET', `/api/gpu-claims${query}`)).json() as { gpu_claims: Claim[] }).gpu_claims.map(
        ({ id }) => id,
      );
    return { ...registered, say, ids };
  };
  return { api, account };
}

void t.test('responds to a claim as in the contract', async (t) => {
  const { account, api } = await scene(t);
  const ann = await account('ann');
  const said = await ann.say('POST', '/api/gpu-claims', { spec: SPEC });
  t.equal(said.status, 202);
  const claim = said.json() as Record<string, unknown>;
  t.same(Object.keys(claim), ['id', 'user_id', 'spec', 'status', 'created_at', 'updated_at']);
  t.match(claim, {
    id: /^claim-[0-9a-f]{8}-/,
    user_id: ann.number,
    created_at: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  });
  t.same(claim['spec'], SPEC);
  t.same(claim['status'], { phase: 'Pending', nodeName: '', containerID: '', reason: '' });
  t.ok(said.headers['x-muster-position']);
  const read = (await ann.say('GET', `/api/gpu-claims/${String(claim['id'])}`)).json() as Record<
    string,
    unknown
  >;
  t.same(read, {
    ...claim,
    status: { phase: 'Pending', nodeName: '', containerID: '', reason: 'PendingEvaluation' },
  });
  t.equal((await api.say('POST', '/api/gpu-claims', { spec: SPEC })).status, 401);
});

void t.test('responds 400 to an invalid claim, and records nothing', async (t) => {
  const { account, api } = await scene(t);
  const ann = await account('ann');
  const before = (await api.events()).length;
  const spec = (gpuCount: unknown, image: unknown = 'busybox') => ({
    spec: { image, resources: { gpuCount } },
  });
  const bodies: [unknown, RegExp][] = [
    ...[0, -1, 1.5, '1', 1e10, null, true, [1], {}].map((count): [unknown, RegExp] => [
      spec(count),
      /spec\.resources\.gpuCount: /,
    ]),
    ...[
      '',
      ' ',
      'UPPER',
      'a b',
      'http://a/b',
      '../a',
      'a;b',
      '$(id)',
      '--privileged',
      'a\u0000',
      '__proto__',
      '用户',
      '😀',
      'x'.repeat(600),
      7,
      null,
      ['a'],
    ].map((image): [unknown, RegExp] => [spec(1, image), /spec\.image: /]),
    [{}, /spec: /],
    [{ spec: null }, /spec: /],
    [{ spec: { image: 'a' } }, /spec\.resources: /],
    [{ spec: { image: 'a', resources: {} } }, /spec\.resources\.gpuCount: /],
    [{ spec: SPEC, user_id: 1 }, /user_id: is not a known key/],
    [{ spec: { ...SPEC, privileged: true } }, /spec\.privileged: is not a known key/],
    [{ spec: { ...SPEC, resources: { gpuCount: 1, cpu: 1 } } }, /spec\.resources\.cpu: is not a known key/],
    ['{"spec": {"image": "a", "resources": {"gpuCount": 1, "__proto__": {"gpuCount": 9}}}}', /body: /],
    ['not json', /body: /],
    ['[]', /body: /],
  ];
  for (const [body, problem] of bodies) {
    const said = await ann.say('POST', '/api/gpu-claims', body, { 'content-type': 'application/json' });
    t.equal(said.status, 400, JSON.stringify(body));
    t.match(said.json(), { error: problem });
    t.same(Object.keys(said.json() as object), ['error']);
  }
  t.equal((await api.events()).length, before);
  const many = await ann.say('POST', '/api/gpu-claims', spec(1e9));
  t.match(
    many,
    { status: 403, body: /exceeds the quota of 2 for the role user/ },
    'an excessive number of GPUs is refused by the quota',
  );
  const refusals = (await api.events()).filter(({ type }) => type === 'QuotaRefused');
  t.same(
    refusals.map(({ data }) => JSON.parse(data) as object),
    [{ tenantId: ann.tenantId, account: ann.userId, quota: 'gpus', limit: 2, used: 0 }],
    'the refusal is an event',
  );
});

void t.test('responds 202 or 400 to every naughty string as an image', async (t) => {
  const { account } = await scene(t);
  const root = await account('root', { role: 'admin' });
  let taken = 0;
  // One assertion for all, because the strings would disturb the report as well.
  const problems: unknown[] = [];
  for (const [index, image] of naughty.entries()) {
    const said = await root.say('POST', '/api/gpu-claims', { spec: { image, resources: { gpuCount: 1 } } });
    const { spec, error } = said.json() as { spec?: { image: string }; error?: string };
    if (said.status === 202 && spec?.image === image) taken += 1;
    else if (said.status !== 400 || error?.startsWith('spec.image: ') !== true)
      problems.push([index, said.status]);
  }
  t.same(problems, []);
  t.equal((await root.ids()).length, taken);
  t.ok(taken > 0 && taken < naughty.length / 5, String(taken));
});

void t.test('shows claims to their account and administrators only', async (t) => {
  const { account, api } = await scene(t);
  const ann = await account('ann');
  const bob = await account('bob');
  const boss = await account('boss', { role: 'tenant_admin', tenantId: ann.tenantId });
  const root = await account('root', { role: 'admin' });
  const claim = async (who: typeof ann) =>
    ((await who.say('POST', '/api/gpu-claims', { spec: SPEC })).json() as Claim).id;
  const [one, two, three, four] = [await claim(ann), await claim(bob), await claim(boss), await claim(ann)];
  t.same(await ann.ids(), [one, four]);
  t.same(await bob.ids(), [two]);
  t.same(await boss.ids(), [one, three, four]);
  t.same(await root.ids(), [one, two, three, four]);
  t.same(await root.ids(`?limit=2&after=${one}`), [two, three]);
  t.same(await ann.ids(`?limit=1`), [one]);
  t.same(await ann.ids(`?after=${one}`), [four]);
  const absent = (await bob.say('GET', '/api/gpu-claims/claim-00000000-0000-4000-8000-000000000000')).body;
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/events'],
  ] as const) {
    const said = await bob.say(method, `/api/gpu-claims/${one}${path}`);
    t.equal(said.status, 404);
    t.equal(said.body, absent, "another account's claim gets the response of a missing one");
  }
  for (const path of ['%2e%2e', 'x', '__proto__', 'claim-', '%00', encodeURIComponent("' OR 1=1 --")])
    t.equal((await ann.say('GET', `/api/gpu-claims/${path}`)).status, 404, path);
  t.equal((await ann.say('GET', '/api/gpu-claims?phase=pending')).status, 400);
  t.equal((await ann.say('GET', '/api/gpu-claims?user=x')).status, 400);

  t.match((await boss.say('DELETE', `/api/gpu-claims/${one}`)).json(), {
    id: one,
    user_id: ann.number,
    status: { phase: 'Released' },
  });
  t.equal(
    (await ann.say('POST', '/api/gpu-claims', { spec: SPEC })).status,
    202,
    "the release freed the quota of the claim's owner",
  );
  t.same(await root.ids('?phase=Released'), [one]);
  t.same(await boss.ids('?phase=Released'), [one]);
  const events = (await ann.say('GET', `/api/gpu-claims/${one}/events`)).json() as {
    events: { id: string; kind: string; message: string; time: string }[];
    count: number;
  };
  t.match(events, {
    count: 2,
    events: [
      { kind: 'claimed', message: `Claimed 1 GPU for ${SPEC.image}; this counts against the quota.` },
      { kind: 'released' },
    ],
  });
  t.match(
    (
      await ann.say('GET', `/api/gpu-claims/${one}/events?limit=1&after=${events.events[0]?.id ?? ''}`)
    ).json(),
    {
      count: 1,
      events: [{ kind: 'released' }],
    },
  );
  t.same((await api.say('POST', '/test/clear-all', undefined, { 'x-api-key': 'test-key' })).status, 200);
  t.same(await root.ids(), []);
  t.equal(
    (await ann.say('POST', '/api/gpu-claims', { spec: { ...SPEC, resources: { gpuCount: 2 } } })).status,
    202,
    'a clear frees the whole quota',
  );
});

void t.test('releases a claim that read models do not show yet', async (t) => {
  const { account, api } = await scene(t, { limits: { waitMs: 50 } });
  const ann = await account('ann');
  const bob = await account('bob');
  const root = await account('root', { role: 'admin' });
  const claimed = async (spec: object = SPEC) =>
    (await ann.say('POST', '/api/gpu-claims', { spec })).json() as Claim & { readonly created_at: string };
  const shown = await claimed();
  await api.caughtUp();

  const release = holdModels(t);
  const claim = await claimed({ ...SPEC, env: { A: 'b' } });
  const path = `/api/gpu-claims/${claim.id}`;
  t.match(
    await ann.say('GET', path),
    { status: 404, headers: { 'x-muster-stale': 'true' } },
    'the read is stale, and marked as stale',
  );
  t.equal((await bob.say('DELETE', path)).status, 404, 'another account cannot release the claim');
  for (const nothing of ['claim-00000000-0000-4000-8000-000000000000', 'x', '__proto__'])
    t.equal((await ann.say('DELETE', `/api/gpu-claims/${nothing}`)).status, 404, `${nothing} is not a claim`);

  const first = await ann.say('DELETE', path);
  t.match(first, { status: 200, headers: { 'x-muster-position': String } });
  t.match(first.json(), {
    id: claim.id,
    user_id: ann.number,
    created_at: claim.created_at,
    status: { phase: 'Released', reason: '' },
  });
  t.same((first.json() as { spec: object }).spec, { ...SPEC, env: { A: 'b' } });
  const again = await ann.say('DELETE', path);
  t.match(again, { status: 200 });
  t.same(again.json(), first.json(), 'a repeated release changes nothing');

  const old = `/api/gpu-claims/${shown.id}`;
  t.match((await root.say('DELETE', old)).json(), { id: shown.id, status: { phase: 'Released' } });
  t.match(
    (await ann.say('DELETE', old)).json(),
    { status: { phase: 'Released' } },
    'the response shows the release although the document does not yet',
  );
  t.equal(
    (await ann.say('POST', '/api/gpu-claims', { spec: { ...SPEC, resources: { gpuCount: 2 } } })).status,
    202,
    'both claims have freed their quota',
  );

  const events = (await api.events()).filter(({ type }) => type === 'GpuReleased');
  t.equal(events.length, 2, 'each claim was released once');
  release();
  await api.caughtUp();
  t.same(await ann.ids('?phase=Released'), [shown.id, claim.id]);
});

void t.test('refuses to release a cleared claim despite stale read models', async (t) => {
  const { account, api } = await scene(t, { limits: { waitMs: 50 } });
  const ann = await account('ann');
  await api.caughtUp();
  const release = holdModels(t);
  const { id } = (await ann.say('POST', '/api/gpu-claims', { spec: SPEC })).json() as Claim;
  t.equal((await api.say('POST', '/test/clear-all', undefined, { 'x-api-key': 'test-key' })).status, 200);
  t.equal((await ann.say('DELETE', `/api/gpu-claims/${id}`)).status, 404);
  release();
});

void t.test('accepts a claim with an API key only if the key has the scope gpu', async (t) => {
  const { account, api } = await scene(t);
  const ann = await account('ann');
  for (const [scopes, status] of [
    [['gpu'], 202],
    [['cluster'], 403],
  ] as const) {
    const { api_key: key } = (await ann.say('POST', '/api/auth/api-keys', { name: 'k', scopes })).json() as {
      api_key: string;
    };
    t.equal(
      (await api.say('POST', '/api/gpu-claims', { spec: SPEC }, { authorization: `Bearer ${key}` })).status,
      status,
    );
  }
  t.equal((await ann.ids()).length, 1);
});
