import t from 'tap';
import { openTestApi } from '../http/support/test-api.js';

void t.test(
  'returns the same key for a repeated Idempotency-Key, and never restores a revoked one',
  async (t) => {
    const api = await openTestApi(t);
    const account = { username: 'ann', password: 'password123' };
    await api.say('POST', '/api/auth/register', account);
    const { token } = (await api.say('POST', '/api/auth/login', account)).json() as { token: string };
    const ann = { authorization: `Bearer ${token}` };
    const issue = (body: object, key?: string) =>
      api.say('POST', '/api/auth/api-keys', body, {
        ...ann,
        ...(key !== undefined && { 'idempotency-key': key }),
      });
    const works = async (apiKey: string): Promise<boolean> =>
      (await api.say('GET', '/api/auth/me', undefined, { authorization: `Bearer ${apiKey}` })).status === 200;

    const first = await issue({ name: 'k', scopes: ['gpu'] }, 'one');
    const { id, api_key: key } = first.json() as { id: string; api_key: string };
    t.equal(
      (await issue({ name: 'k', scopes: ['gpu'] }, 'one')).body,
      first.body,
      'a repeated request returns the same response',
    );
    t.equal((await issue({ name: 'k', scopes: ['*'] }, 'one')).status, 422);
    t.ok(await works(key));
    const events = (await api.events()).filter(({ type }) => type === 'ApiKeyIssued');
    t.equal(events.length, 1);
    t.notOk(events.some(({ data }) => data.includes(key.slice(40))));

    t.equal((await api.say('DELETE', `/api/auth/api-keys/${id}`, undefined, ann)).status, 200);
    t.notOk(await works(key));
    for (const scopes of [['gpu'], ['*']]) await issue({ name: 'k', scopes }, 'one');
    t.notOk(await works(key));
    t.same((await api.say('GET', '/api/auth/api-keys', undefined, ann)).json(), { api_keys: [], count: 0 });
    const other = (await issue({ name: 'k', scopes: ['gpu'] })).json() as { api_key: string };
    t.ok(other.api_key !== key && (await works(other.api_key)));
  },
);
