import { readFileSync } from 'node:fs';
import t from 'tap';
import { openTestApi } from '../support/test-api.js';

const CONTRACTS = { gpu: '', services: '/api/v1' } as const;
const ID = '11111111-1111-4111-8111-111111111111';

/** Returns the method and URL of each request for which a contract says that it needs a token. */
function needToken(surface: keyof typeof CONTRACTS): { method: string; url: string }[] {
  const text = readFileSync(`test/fixtures/seed/${surface}.md`, 'utf8');
  return text
    .split(/^#+ /m)
    .filter((section) => /401 Unauthorized`.*(token|JWT)/.test(section) && !section.includes('/auth/'))
    .flatMap((section) => {
      const [, method, path] = /(GET|POST|PUT|DELETE) (\/[^\s`*]+)/.exec(section) ?? [];
      return method === undefined || path === undefined
        ? []
        : [{ method, url: `${CONTRACTS[surface]}${path.replaceAll(':id', ID)}` }];
    });
}

void t.test(
  'a contract that asks for a token gets its 401, even from the operator on loopback',
  async (t) => {
    const api = await openTestApi(t, {
      settings: { testApiKey: undefined, joinToken: undefined, host: '127.0.0.1' },
    });
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.app.server.address() as { port: number };
    const base = `http://127.0.0.1:${port}`;
    t.equal((await fetch(`${base}/jobs`)).status, 200, 'this connection is the operator’s');
    const requests = [...needToken('services'), ...needToken('gpu')];
    t.ok(requests.length >= 20, `${requests.length} requests were found in the contracts`);
    for (const { method, url } of requests)
      t.equal((await fetch(`${base}${url}`, { method })).status, 401, `${method} ${url}`);
  },
);
