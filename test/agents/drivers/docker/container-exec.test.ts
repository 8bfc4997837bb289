import t from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { call, order, startPair } from '../../support/agent.js';
import { until } from '../../support/peer-server.js';
import { runCommand, TestCommand, type Asked } from '../../support/commands.js';

t.setTimeout(300_000 * PATIENCE);

void t.test('commands in containers', { skip: dockerdMissing() ?? false }, async (t) => {
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:1');
  const { agent, peer } = await startPair(t, { dockerSocket: daemon.socketPath });
  const subject = order({
    image: 'busybox:1',
    command: `sh -c 'echo of the container > /made; exec sleep 1000'`,
    kill_timeout: 0,
    env: { GREETING: 'hello' },
  });
  const id = subject.allocation_id;
  peer.want(subject);
  await peer.reported(id, 'running', 'failed');
  const channel = createHttpAgentChannel({ requestTimeoutMs: 10_000 * PATIENCE });
  t.teardown(() => channel.close());
  const address = { nodeId: 'n1', epoch: 1, endpoint: agent.url };
  const open = async (command: readonly string[], asked?: Asked) =>
    await TestCommand.open(channel, address, id, command, asked);
  const run = async (command: readonly string[]) => await runCommand(channel, address, id, command);
  const ended = async (mark: string): Promise<void> =>
    await until(async () => !(await run(['ps', '-o', 'args'])).stdout.includes(mark));

  await t.test('have its files and its environment', async (t) => {
    await until(async () => (await run(['cat', '/made'])).stdout === 'of the container\n');
    t.match(await run(['sh', '-c', 'echo "$GREETING"; echo no >&2; exit 7']), {
      stdout: 'hello\n',
      stderr: 'no\n',
      end: { exit_code: 7 },
    });
    const words = ['a b', '$(false)', '<b>\n"\''];
    t.equal((await run(['printf', '%s|', ...words])).stdout, words.map((word) => `${word}|`).join(''));
    const { end } = await run(['/does/not/exist']);
    t.ok('exit_code' in end && [126, 127].includes(end.exit_code), JSON.stringify(end));
  });

  await t.test('get input, and its end', async (t) => {
    const count = await open(['wc', '-c'], { input: true });
    for (let piece = 0; piece < 5; piece += 1) t.equal(await count.send('x'.repeat(50_000)), true);
    t.equal(await count.send(undefined, true), true);
    t.match(await count.read(), { stdout: '250000\n', end: { exit_code: 0 } });
  });

  await t.test('keep the order and the whole of a large output', async (t) => {
    const { stdout, end } = await run(['seq', '200000']);
    t.equal(stdout, Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(''));
    t.match(end, { exit_code: 0 });
  });

  await t.test('have a terminal with a size, which can change', async (t) => {
    const shell = await open(['sh'], { input: true, terminal: { rows: 33, columns: 99 } });
    await shell.send('stty size; tty\n');
    await shell.read((stdout) => /33 99/.test(stdout) && /\/dev\/pts/.test(stdout));
    await shell.resize({ rows: 44, columns: 111 });
    await shell.send('stty size; exit 5\n');
    const { stdout, end } = await shell.read();
    t.match(stdout, /44 111/);
    t.match(end, { exit_code: 5 });
  });

  await t.test('end with all that they started, and with nothing else', async (t) => {
    const left = `sleep 7000 >/dev/null 2>&1 & echo left`;
    t.match(await run(['sh', '-c', left]), { stdout: 'left\n', end: { exit_code: 0 } });
    const other = await open(['sh', '-c', 'echo ready; sleep 7100; true']);
    await other.read((stdout) => stdout.includes('ready'));
    const spawning =
      'setsid sh -c "sleep 7201; true" & (sleep 7202 &); env -i setsid sleep 7203 & nohup sleep 7204 & ' +
      'while true; do sleep 7205 & sleep 0.01; [ -e /ended ] && break; done & echo ready; sleep 7206; true';
    for (const terminal of [undefined, { rows: 20, columns: 80 }]) {
      const command = await open(['sh', '-c', spawning], { ...(terminal && { terminal }) });
      await command.read((stdout) => stdout.includes('ready'));
      await until(async () => /sleep 7203/.test((await run(['ps', '-o', 'args'])).stdout));
      await command.close();
      await ended('sleep 72');
    }
    const { stdout } = await run(['ps', '-o', 'args']);
    t.match(stdout, /sleep 1000\n/, 'the container runs on');
    t.match(stdout, /sleep 7000\n/, 'what a command left when it ended runs on');
    t.match(stdout, /sleep 7100\n/, 'other commands run on');
    await other.close();
    await ended('sleep 7100');
  });

  await t.test('end when they are closed, and when their container ends', async (t) => {
    const closed = await open(['sh', '-c', 'echo ready; sleep 12345; true']);
    await closed.read((stdout) => stdout.includes('ready'));
    await closed.close();
    await ended('sleep 12345');
    const running = await open(['sh', '-c', 'echo ready; exec sleep 1000']);
    await running.read((stdout) => stdout.includes('ready'));
    await call('DELETE', `${agent.url}/allocations/${id}`);
    const { end } = await running.read();
    t.ok('exit_code' in end || 'error' in end, JSON.stringify(end));
  });
});
