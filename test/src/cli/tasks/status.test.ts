import type { AddressInfo } from 'node:net';
import t from 'tap';
import { muster } from '../../../fixtures/program.js';
import { tasksScene } from '../../surfaces/tasks/routes/scene.js';

void t.test('muster status shows how far the history is built, while everything else is ready', async (t) => {
  const detail = 'the history is being built: 40 % done';
  const { api, root } = await tasksScene(t, {
    readiness: () => [
      { name: 'projector', ok: true, detail: 'position 7' },
      { name: 'history', ok: false, vital: false, detail },
    ],
  });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const env = {
    MUSTER_SERVER_URL: `http://127.0.0.1:${port}`,
    MUSTER_TOKEN: root['authorization']?.replace('Bearer ', '') ?? '',
  };
  const { code, stdout, stderr } = await muster(['status'], env);
  t.equal(code, 0, stderr);
  t.match(stdout, /degraded: history \(the history is being built: 40 % done\)/);
  t.notMatch(stdout, /position 7/);
});
