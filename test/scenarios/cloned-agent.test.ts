import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { AgentProcess, startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

interface Refused {
  readonly address: string;
  readonly holder: string;
  readonly at: number;
}

void t.test('of two agents on copies of a directory, one is refused until the other is down', async (t) => {
  const folder = ownFolder(t);
  const server = await startServer(t, { env: { MUSTER_NODE_TIMEOUT_SECONDS: '5' } });
  const original = await startAgent(t, server, { dataDir: join(folder, 'original') });
  await cp(join(folder, 'original'), join(folder, 'copy'), { recursive: true });
  await original.kill();
  await original.start();
  const { nodeId } = original;
  const { registered_at: registeredAt } = await server.api.node(nodeId);

  const copy = new AgentProcess(server, join(folder, 'copy'), {});
  t.teardown(() => copy.kill());
  copy.launch();
  const refused = (): Promise<unknown> =>
    eventually(async () => copy.program.said('agent.node-id-in-use'), {
      timeout: 30_000,
      what: `the refusal: ${copy.program.tail()}`,
    });
  await refused();
  t.ok(copy.program.said('move its directory `agent` away'), 'it says what to do');

  const node = async () => (await server.api.nodes()).find(({ node_id: id }) => id === nodeId);
  const shown = await eventually(async () => {
    const { refused_agent: second } = ((await node()) ?? {}) as { refused_agent?: Refused };
    return second;
  });
  t.match(shown, { address: /^http:/, holder: /^http:/, at: Number });
  t.not(shown.address, shown.holder);
  const ready = await server.api.get<{ checks: { name: string; ok: boolean; detail: string }[] }>(
    '/readyz?verbose',
  );
  t.equal(ready.status, 200, 'the server still serves requests');
  const check = ready.body.checks.find(({ name }) => name === 'node-ids');
  t.match(check, { ok: false });
  for (const address of [shown.address, shown.holder]) t.ok(check?.detail.includes(address), address);
  const { stdout } = await muster(['node', 'status', nodeId], { MUSTER_SERVER_URL: server.url });
  for (const address of [shown.address, shown.holder]) t.ok(stdout.includes(address), stdout);
  t.equal((await node())?.registered_at, registeredAt, 'the original does not have to register again');

  await copy.kill();
  copy.launch();
  await refused();
  await original.kill();
  await rm(join(folder, 'original'), { recursive: true });
  await eventually(async () => copy.program.said('agent.registered'), { timeout: 60_000 });
});
