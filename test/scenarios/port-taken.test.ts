import { join } from 'node:path';
import t from 'tap';
import { startAgent, type AgentProcess } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { onEachNats } from '../fixtures/nats-scene.js';
import { job as jobOf } from '../fixtures/jobs.js';
import { NatsServer } from '../fixtures/nats-server.js';
import { canBeOthers, takePort } from '../fixtures/other-user.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const possible = required(t, canBeOthers(), 'root, and setpriv');
const PASSWORD = 'password-of-the-scenario';
const JOIN_TOKEN = 'join-token-of-the-scenario';
const REFUSED = /nobody \(uid 65534\) listens at 127\.0\.0\.1:\d+, so nothing was sent to it/;

const job = (id: string) => jobOf(id, { command: 'true' });

async function agentNames(agent: AgentProcess, text: RegExp): Promise<void> {
  await eventually(() => text.test(agent.program.tail(1000)), {
    what: 'a log line of the agent',
    timeout: 30_000,
  });
}

void t.test("a user who takes the server's port while it restarts receives no credential", async (t) => {
  if (!possible) return;
  const server = await startServer(t, {
    env: {
      MUSTER_ADMIN_PASSWORD: PASSWORD,
      MUSTER_JOIN_TOKEN: JOIN_TOKEN,
      MUSTER_NODE_TIMEOUT_SECONDS: '600',
    },
  });
  const home = ownFolder(t);
  const cli = async (args: readonly string[], input = '') =>
    await runToEnd({
      command: process.execPath,
      args: [MUSTER, ...args, '--address', server.url],
      env: { HOME: home },
      input,
    });
  t.match(await cli(['login', 'admin'], `${PASSWORD}\n`), { code: 0 });
  const { stdout: token } = await runToEnd({
    command: 'cat',
    args: [join(home, '.config/muster/tokens.json')],
  });
  const operator = /"(eyJ[^"]+)"/.exec(token)?.[1] ?? '';
  const agent = await startAgent(t, server, { env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN } });

  await server.kill();
  const taken = await takePort(t, { port: server.port });
  await agentNames(agent, REFUSED);
  for (const [args, input] of [
    [['login', 'admin'], `${PASSWORD}\n`],
    [['node', 'list'], ''],
    [['node', 'list', '--token', operator], ''],
  ] as const) {
    const { code, stderr } = await cli(args, input);
    t.equal(code, 1);
    t.match(stderr, REFUSED);
  }
  t.equal(taken.received(), '');

  await taken.program.end('SIGKILL');
  await server.start();
  await server.api.submit(job('after'));
  await server.api.jobIs('after', 'complete', 60_000);
  t.match(await cli(['login', 'admin'], `${PASSWORD}\n`), { code: 0 });
});

void t.test(
  "a user who takes the agent's port while it restarts receives no order and no credential",
  async (t) => {
    if (!possible) return;
    const server = await startServer(t, {
      env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN, MUSTER_NODE_TIMEOUT_SECONDS: '600' },
    });
    const port = await freePort();
    const agent = await startAgent(t, server, {
      env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN, MUSTER_AGENT_PORT: String(port) },
    });
    await agent.kill();
    const taken = await takePort(t, { port });
    await server.api.submit(job('waits'));
    await eventually(() => REFUSED.test(server.program.tail(1000)), { what: 'a log line of the server' });
    t.equal(taken.received(), '');
    await taken.program.end('SIGKILL');
    await agent.start();
    await server.api.jobIs('waits', 'complete');
  },
);

onEachNats(
  t,
  'a user who takes the port of NATS while it restarts receives no credential',
  async (t, binary) => {
    if (!possible) return;
    const nats = await NatsServer.start(t, { binary });
    const env = { MUSTER_NATS_URL: nats.url, MUSTER_JOIN_TOKEN: JOIN_TOKEN };
    const server = await startServer(t, { env });
    const agent = await startAgent(t, server, { env: { ...env, MUSTER_SERVER_URL: '' } });
    await nats.kill();
    const taken = await takePort(t, {
      port: nats.port,
      greeting:
        'INFO {"server_id":"x","version":"2.10.0","proto":1,"headers":true,"max_payload":1048576,"auth_required":true}\r\n',
      reply: "-ERR 'Authorization Violation'\r\n",
    });
    await agentNames(agent, REFUSED);
    await eventually(() => REFUSED.test(server.program.tail(1000)), { what: 'a log line of the server' });
    t.equal(taken.received(), '');
    await taken.program.end('SIGKILL');
    await nats.start();
    await eventually(() => /nats\.connected.*"connections":2/.test(server.program.tail(1000)), {
      what: 'NATS',
    });
    await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
      what: 'the node',
    });
  },
);
