import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { place, placed, started } from '../../../projections/events.js';
import { noAgents } from '../../http/support/test-api.js';
import { servicesScene } from '../../surfaces/services/routes/scene.js';
import { nodeUp } from '../../surfaces/services/routes/volume-scene.js';

t.setTimeout(180_000 * PATIENCE);

void t.test('reports that no instance has started yet, and exits 0', async (t) => {
  const { api, service } = await servicesScene(t);
  await service('app');
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [, token = ''] = bearer(await servicesLogin(api, 'ann')).authorization.split(' ');
  const run = async (...args: string[]) =>
    await muster(['service', 'logs', 'my app', ...args], { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token });
  t.match(await run(), { code: 0, stdout: '', stderr: 'No matching log lines.' });
  t.match(await run('--all'), { code: 0, stdout: '', stderr: '' });
  t.match(await run('-f'), {
    code: 0,
    stdout:
      '-- muster: no instance has started, so there is nothing to follow yet --\n-- muster: The service has not been started. --',
    stderr: '',
  });
  const json = await run('-o', 'json');
  t.same([json.code, JSON.parse(json.stdout), json.stderr], [0, { logs: [] }, '']);
});

void t.test('shows the time of each line, and selects lines by time', async (t) => {
  const asked: LogQuery[] = [];
  const agentChannel: AgentChannel = {
    ...noAgents,
    logs: async (_agent, _allocation, query) => {
      asked.push(query);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(query.timestamps === true ? '2026-11-20T02:00:00.5Z a line\n' : 'a line\n');
      }
      return { kind: 'found', chunks: chunks() };
    },
  };
  const { api, as, service } = await servicesScene(t, undefined, { agentChannel });
  const id = await service('app');
  t.equal((await as('ann', 'POST', `/services/${id}/start`)).status, 200);
  const at = place(randomUUID(), `service.${id}.1`, 0, 'service', 'n1');
  await api.happened(nodeUp, placed(at), started(at));
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [, token = ''] = bearer(await servicesLogin(api, 'ann')).authorization.split(' ');
  const run = async (...args: string[]) =>
    await muster(['service', 'logs', 'my app', ...args], { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token });

  t.match(await run(), { code: 0, stdout: /^a line$/ });
  const span = ['--since', '2026-11-20T02:00:00Z', '--until', '2026-11-20T03:00:00Z'];
  t.match(await run('--timestamps', ...span), { code: 0, stdout: '2026-11-20T02:00:00.5Z a line' });
  t.match(asked.at(-1), { since: 1_795_140_000, until: 1_795_143_600, timestamps: true });
  t.match(await run('-t', '--all'), { code: 0, stdout: '2026-11-20T02:00:00.5Z a line' });
  const line = { service_id: id, time: '2026-11-20T02:00:00.5Z', line: 'a line' };
  t.same(JSON.parse((await run('-o', 'json', '--all')).stdout), line);

  const [text, json] = await Promise.all([run('-t', '-f', ...span), run('-o', 'json', '-f', ...span)]);
  t.match(text, { code: 0, stdout: '2026-11-20T02:00:00.5Z a line' });
  t.same(JSON.parse(json.stdout), { ...line, instance: at.allocationId.slice(0, 8) });
});
