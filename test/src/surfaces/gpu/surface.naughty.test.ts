import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import t, { type Test } from 'tap';
import { openTestApi, type Said } from '../../http/support/test-api.js';

const naughty = JSON.parse(
  await readFile(createRequire(import.meta.url).resolve('big-list-of-naughty-strings/blns.json'), 'utf8'),
) as string[];
async function scene(t: Test) {
  const api = await openTestApi(t, {}, undefined, { enrolmentsPerMinute: 1_000_000 });
  const account = { username: 'ann', password: 'password123' };
  await api.say('POST', '/api/auth/register', account);
  const { token } = (await api.say('POST', '/api/auth/login', account)).json() as { token: string };
  const ann = { authorization: `Bearer ${token}` };
  return {
    api,
    call: (method: string, path: string, body?: unknown, headers = {}) =>
      api.say(method, path, body, { ...ann, ...headers }),
  };
}

function is(t: Test, said: Said, statuses: readonly number[], what: string): void {
  const shaped = said.status < 400 || Object.keys(said.json() as object).join() === 'error';
  if (!statuses.includes(said.status) || !shaped)
    t.fail(`${what}: ${said.status} ${said.body.slice(0, 200)}`);
}

void t.test('responds 201 or 400 to every naughty string as a host name', async (t) => {
  const { api, call } = await scene(t);
  const ids = new Map<string, string>();
  for (const [index, hostname] of naughty.entries()) {
    const said = await call('POST', '/api/nodes/register', { hostname });
    is(t, said, [201, 400], `string ${index}`);
    if (said.status === 201) ids.set((said.json() as { id: string }).id, hostname);
  }
  t.ok(ids.size > 5 && ids.size < naughty.length / 2, `${ids.size} are valid host names`);
  const { nodes } = (await call('GET', '/api/nodes')).json() as {
    nodes: { id: string; hostname: string }[];
  };
  t.same(new Set(nodes.map(({ id }) => id)), new Set(ids.keys()));
  t.ok(nodes.every(({ hostname }) => /^[A-Za-z0-9._-]+$/.test(hostname)));
  t.equal((await api.events()).filter(({ type }) => type === 'NodeEnrolled').length, ids.size);
});

void t.test(
  'responds without a server error to naughty strings as image, count, id, filter or key',
  async (t) => {
    const { api, call } = await scene(t);
    let claims = 0;
    for (const [index, text] of naughty.entries()) {
      const what = `string ${index}`;
      const claimed = await call('POST', '/api/gpu-claims', {
        spec: { image: text, resources: { gpuCount: 1 } },
      });
      is(t, claimed, [202, 400], `${what} as an image`);
      if (claimed.status === 202) {
        claims += 1;
        is(
          t,
          await call('DELETE', `/api/gpu-claims/${(claimed.json() as { id: string }).id}`),
          [200],
          `${what}: release`,
        );
      }
      is(
        t,
        await call('POST', '/api/gpu-claims', { spec: { image: 'busybox', resources: { gpuCount: text } } }),
        [400],
        `${what} as a count`,
      );
      is(
        t,
        await call('POST', '/api/gpu-claims', {
          spec: {
            image: 'busybox',
            resources: { gpuCount: 1, ...(JSON.parse(`{${JSON.stringify(text)}: 1}`) as object) },
          },
        }),
        [400],
        `${what} as a key`,
      );
      const part = encodeURIComponent(text);
      for (const path of [
        `/api/gpu-claims/${part}`,
        `/api/gpu-claims/${part}/events`,
        `/api/nodes/${part}`,
        `/api/nodes/${part}/status`,
      ]) {
        is(
          t,
          await call('GET', path),
          part === '' || part === 'events' ? [200, 400, 404] : [400, 404],
          `${what} in ${path.slice(0, 60)}`,
        );
      }
      is(
        t,
        await call('GET', `/api/nodes?phase=${part}`),
        text === '' ? [200, 400] : [400],
        `${what} as a phase`,
      );
      is(t, await call('GET', `/api/nodes?hostname=${part}`), [200, 400], `${what} as a filter`);
    }
    t.ok(claims > 5 && claims < naughty.length / 2, `${claims} are valid image references`);
    const released = (await api.events()).filter(({ type }) => type === 'GpuReleased').length;
    t.equal(released, claims, 'each accepted claim was released');
    t.equal(({} as { gpuCount?: number }).gpuCount, undefined);
  },
);
