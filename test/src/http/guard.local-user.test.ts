import t from 'tap';
import { canBeOthers, NOBODY, requestAs } from '../../fixtures/other-user.js';
import { required } from '../../fixtures/requirement.js';
import { openTestApi } from './support/test-api.js';

void t.test('identifies the local user of a connection over IPv4, IPv6, and IPv4-mapped IPv6', async (t) => {
  if (!required(t, canBeOthers(), 'root, and setpriv')) return;
  for (const [listen, url, host] of [
    ['127.0.0.1', 'http://127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'http://127.0.0.1', '::ffff:127.0.0.1'],
    ['::1', 'http://[::1]', '::1'],
  ] as const) {
    const { app } = await openTestApi(t, {
      settings: { testApiKey: undefined, joinToken: undefined, host: listen },
    });
    await app.listen({ host: listen, port: 0 });
    const { port } = app.server.address() as { port: number };
    const jobs = `${url}:${port}/jobs`;
    t.equal((await requestAs(0, { url: jobs, host })).status, 200, `root from ${host}`);
    const nobody = await requestAs(NOBODY, { url: jobs, host });
    t.equal(nobody.status, 401, `another user from ${host}`);
    t.same(JSON.parse(nobody.body), {
      error: "authorization required: send an administrator's token or API key as a bearer token",
    });
    t.equal(
      (await requestAs(NOBODY, { url: jobs, host, headers: { authorization: 'Bearer x' } })).status,
      401,
    );
  }
});

void t.test('grants no operator rights to a connection that is already closed', async (t) => {
  if (!required(t, canBeOthers(), 'root, and setpriv')) return;
  const api = await openTestApi(t);
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.app.server.address() as { port: number };
  const { spawnSync } = await import('node:child_process');
  const body = JSON.stringify({
    job_id: 'evil',
    task_groups: [{ name: 'g', tasks: [{ name: 't', config: { command: 'true' } }] }],
  });
  const request = `POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const script = `const socket = require('node:net').connect(${port}, '127.0.0.1', () => socket.write(process.env.REQUEST, () => process.exit()));`;
  // This process is blocked in the meantime, so it checks the connection after its other end has closed. The kernel shows such a connection as root's.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    spawnSync(
      'setpriv',
      [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath, '-e', script],
      { env: { REQUEST: request } },
    );
    t.equal((await api.say('GET', '/jobs/evil')).status, 404);
  }
  t.same(
    (await api.events()).filter(({ stream }) => stream === 'job-evil'),
    [],
  );
});
