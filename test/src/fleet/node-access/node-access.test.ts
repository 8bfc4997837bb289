import t, { type Test } from 'tap';
import { orderToken } from '#agents/platform/order-token.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

const JOIN_TOKEN = 'the-join-token-of-this-cluster';

async function scene(t: Test) {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: JOIN_TOKEN, host: '127.0.0.1' },
  });
  return { api, nodes: api.nodes };
}

void t.test('identifies the join token and the secret of a node, and accepts nothing else', async (t) => {
  const { nodes } = await scene(t);
  const secret = await nodes.secretOf('n1');
  t.match(secret, /^musnode_[A-Za-z0-9-]+_[A-Za-z0-9_-]{43}$/);
  t.equal(await nodes.secretOf('n1'), secret, 'the secret of a node is always the same');
  t.not(await nodes.secretOf('n2'), secret);
  t.same(nodes.identify(JOIN_TOKEN), { kind: 'node', via: 'joinToken' });
  t.same(nodes.identify(secret), { kind: 'node', via: 'secret', nodeId: 'n1', series: 0 });
  const encoded = (name: string): string => Buffer.from(name).toString('base64url');
  const [, , proof = ''] = secret.split('_');
  const wrong = [
    undefined,
    '',
    JOIN_TOKEN.slice(1),
    secret.slice(0, -1),
    `${secret}x`,
    secret.slice('musnode_'.length),
    `musnode_${encoded('n2')}_${proof}`,
    `musnode_${encoded('n1\n1')}_${proof}`,
    `musnode_${encoded('../n1')}_${proof}`,
    `musnode_${proof}`,
    'musnode_',
    `musnode_${'A'.repeat(500)}_${proof}`,
  ];
  for (const bearer of wrong) t.equal(nodes.identify(bearer), undefined, bearer?.slice(0, 40) ?? 'nothing');
});

void t.test('refuses the join token itself unless older agents may send it', async (t) => {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: JOIN_TOKEN, host: '127.0.0.1' },
    allowBearerJoin: false,
  });
  t.throws(() => api.nodes.identify(JOIN_TOKEN), /MUSTER_ALLOW_BEARER_JOIN=true/);
  t.match(api.nodes.identify(await api.nodes.secretOf('n1')), { via: 'secret' });
});

void t.test('creates a working secret for the longest valid node id', async (t) => {
  const { nodes } = await scene(t);
  const nodeId = `n${'x'.repeat(99)}`;
  t.match(nodes.identify(await nodes.secretOf(nodeId)), { nodeId, series: 0 });
});

void t.test('accepts no join token if none is configured', async (t) => {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1' },
  });
  for (const bearer of ['', 'undefined', JOIN_TOKEN]) t.equal(api.nodes.identify(bearer), undefined, bearer);
});

void t.test('refuses the join token for a node that has used its own secret', async (t) => {
  const { api, nodes } = await scene(t);
  const join = { kind: 'node', via: 'joinToken' } as const;
  await nodes.authorize(join, 'n1');
  const own = nodes.identify(await nodes.secretOf('n1'));
  if (own === undefined) throw new Error('the secret is not recognized');
  await t.rejects(nodes.authorize(own, 'n2'), {
    code: 'MUSTER_E_UNAUTHORIZED',
    fields: { problem: 'the secret belongs to another node' },
  });
  await nodes.authorize(own, 'n1');
  await nodes.authorize(own, 'n1');
  await t.rejects(nodes.authorize(join, 'n1'), { code: 'MUSTER_E_UNAUTHORIZED' });
  await nodes.authorize(join, 'n2');
  const used = (await api.events()).filter(({ type }) => type === 'NodeSecretUsed');
  t.equal(used.length, 1, 'only the first use is recorded');
  t.match(JSON.parse(used[0]?.metadata ?? '{}'), { actor: 'node:n1', surface: 'cluster' });
});

void t.test('refuses a revoked secret and issues the next one to the join token', async (t) => {
  const { nodes } = await scene(t);
  const first = await nodes.secretOf('n1');
  const own = nodes.identify(first);
  if (own === undefined) throw new Error('the secret is not recognized');
  await nodes.authorize(own, 'n1');
  const shown = await nodes.orderTokenOf('n1');
  t.equal(shown, orderToken(first));
  await nodes.revoke('n1', commandContext());
  await t.rejects(nodes.authorize(own, 'n1'), { code: 'MUSTER_E_UNAUTHORIZED' });
  await nodes.authorize({ kind: 'node', via: 'joinToken' }, 'n1');
  const second = await nodes.secretOf('n1');
  t.not(second, first);
  t.equal(await nodes.orderTokenOf('n1'), orderToken(second), 'the new order token is returned at once');
  const next = nodes.identify(second);
  t.match(next, { nodeId: 'n1', series: 1 });
  if (next !== undefined) await nodes.authorize(next, 'n1');
  await t.rejects(
    nodes.authorize(own, 'n1'),
    { code: 'MUSTER_E_UNAUTHORIZED' },
    'the first secret remains refused',
  );
});
