import t from 'tap';
import { NODE_SECRET_HEADER } from '#domain/protocol/index.js';
import { NodeDocuments } from '#src/fleet/nodes/index.js';
import { HOSTILE_HASHES, hashOf, keptTexts } from '../../../../fixtures/documents.js';
import { openTestApi } from '../../../http/support/test-api.js';

const JOIN = 'a-join-token-of-some-length';
const silent = { error: () => undefined };
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

void t.test('returns stored texts to a node by hash', async (t) => {
  const large = '"作\n'.repeat(26_000);
  const { say } = await openTestApi(t, { documents: new NodeDocuments([keptTexts('hello', large)], silent) });
  for (const text of ['hello', large]) {
    const said = await say('GET', `/nodes/n1/documents/${hashOf(text)}`);
    t.equal(said.status, 200);
    t.same(said.json(), { hash: hashOf(text), text });
  }
  const absent = await say('GET', `/nodes/n1/documents/${hashOf('another')}`);
  t.match(absent, { status: 404, headers: { 'x-muster-error': 'MUSTER_E_DOCUMENT_NOT_FOUND' } });
  t.same(absent.json(), { error: `there is no document ${hashOf('another')}` });
});

void t.test('returns 404 if there are no document sources', async (t) => {
  const { say } = await openTestApi(t);
  t.match(await say('GET', `/nodes/n1/documents/${hashOf('hello')}`), {
    status: 404,
    headers: { 'x-muster-error': 'MUSTER_E_DOCUMENT_NOT_FOUND' },
  });
});

void t.test('returns 404 for an invalid hash', async (t) => {
  const source = keptTexts('hello');
  const { say } = await openTestApi(t, { documents: new NodeDocuments([source], silent) });
  for (const hash of HOSTILE_HASHES) {
    const { status, body } = await say('GET', `/nodes/n1/documents/${encodeURIComponent(hash)}`);
    t.equal(status, 404, JSON.stringify(hash.slice(0, 80)));
    t.same(Object.keys(JSON.parse(body) as object), ['error']);
    t.ok(body.length < 1000, 'the response does not repeat a long hash');
  }
  t.equal(
    (await say('GET', `/nodes/${encodeURIComponent('../n1')}/documents/${hashOf('hello')}`)).status,
    404,
    'an invalid node id is not found either',
  );
  t.same(source.asked, []);
});

void t.test("requires the node's secret for a document on a reachable server", async (t) => {
  const source = keptTexts('hello');
  const settings = { testApiKey: 'test-key', joinToken: JOIN, host: '0.0.0.0' };
  const { say } = await openTestApi(t, { settings, documents: new NodeDocuments([source], silent) });
  const secretOf = async (node_id: string): Promise<unknown> => {
    const body = {
      node_id,
      ip_address: '10.0.0.1',
      resources: {},
      healthy: true,
      endpoint: 'http://10.0.0.1:9000',
    };
    return (await say('POST', '/register', body, bearer(JOIN))).headers[NODE_SECRET_HEADER];
  };
  const [own, other] = [await secretOf('n1'), await secretOf('n2')];
  const fetched = async (headers: Record<string, string>): Promise<number> =>
    (await say('GET', `/nodes/n1/documents/${hashOf('hello')}`, undefined, headers)).status;
  for (const headers of [{}, bearer('x'), bearer(other), { 'x-api-key': 'test-key' }])
    t.equal(await fetched(headers), 401);
  t.same(source.asked, [], 'unauthorized requests look up no document');
  t.equal(await fetched(bearer(JOIN)), 200, 'the join token is valid until the node secret is used');
  t.equal(await fetched(bearer(own)), 200);
  t.equal(await fetched(bearer(JOIN)), 401);
});
