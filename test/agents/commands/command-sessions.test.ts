import { randomUUID } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { isAlive, readProcess } from '#agents/drivers/exec/process-table.js';
import type { AllocationOrder, ContractTask, NodeShare } from '#domain/protocol/index.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { canBeOthers } from '../../fixtures/other-user.js';
import { call, order, spawnAgent, startPair } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';
import { runCommand, TestCommand, type Ran } from '../support/commands.js';
import { ownFolder } from '../../fixtures/folder.js';

t.setTimeout(300_000 * PATIENCE);
const LIMITS = { requestTimeoutMs: 10_000 * PATIENCE };

async function channelTo(t: Test, url: string) {
  const channel = createHttpAgentChannel(LIMITS);
  t.teardown(() => channel.close());
  return { channel, address: { nodeId: 'n1', epoch: 1, endpoint: url } };
}

/** An agent with one running task, and a way to run commands in it. `tenant`: whose task it is. */
async function scene(t: Test, task: Partial<ContractTask> & { command?: string } = {}, tenant?: string) {
  const { agent, peer, dataDir } = await startPair(t, { taskUids: { first: 330_000, last: 339_999 } });
  await chmod(dataDir, 0o711);
  const plain = order({ command: 'echo ready; sleep 1000', ...task });
  const subject: AllocationOrder =
    tenant === undefined
      ? plain
      : {
          ...plain,
          task_group: {
            ...plain.task_group,
            tasks: [{ name: 'main', driver: 'exec', config: { command: task.command ?? '', tenant } }],
          },
        };
  peer.want(subject);
  const id = subject.allocation_id;
  await peer.reported(id, 'running', 'failed');
  const { channel, address } = await channelTo(t, agent.url);
  const open = async (command: readonly string[], options = {}) =>
    await TestCommand.open(channel, address, id, command, options);
  const run = async (command: readonly string[], options = {}) =>
    await runCommand(channel, address, id, command, options);
  return { agent, peer, id, channel, address, open, run, dataDir };
}

void t.test(
  'runs a program in a task, with its words as they are, and returns output and exit code',
  async (t) => {
    const { run, id } = await scene(t, { env: { GREETING: 'hello' } });
    const words = ['a b', '$(touch /tmp/never)', '<b>\n"quoted"\'', '-n', 'ü'];
    t.same(await run(['printf', '%s|', ...words]), {
      stdout: words.map((word) => `${word}|`).join(''),
      stderr: '',
      end: { exit_code: 0 },
    });
    t.match(await run(['sh', '-c', 'echo "$GREETING $MUSTER_ALLOC_ID"; echo no >&2; exit 7']), {
      stdout: `hello ${id}\n`,
      stderr: 'no\n',
      end: { exit_code: 7 },
    });
    t.match((await run(['sh', '-c', 'kill -TERM $$'])).end, { exit_code: 143 });
    t.match(await run(['/does/not/exist']), { end: { exit_code: 127 }, stderr: /does\/not\/exist/ });
    t.match(await run(['cat']), { stdout: '', end: { exit_code: 0 } }, 'without input, the input is empty');
  },
);

void t.test('passes input on in order and once, and its end', async (t) => {
  const { open, channel, address } = await scene(t);
  const cat = await open(['cat'], { input: true });
  t.equal(await cat.send('one '), true);
  await channel.command(address, 'commandInput', {
    ...cat.about,
    number: 0,
    data: Buffer.from('one ').toString('base64'),
  });
  t.equal(await cat.send('two', true), true);
  t.match(await cat.read(), { stdout: 'one two', end: { exit_code: 0 } });
  const early = await open(['true'], { input: true });
  t.match((await early.read()).end, { exit_code: 0 });
  t.equal(await early.send('x'.repeat(1000)), true, 'a program that does not read does no harm');
  await early.close();
});

void t.test('holds back input that a program does not read, and output that nobody reads', async (t) => {
  const { open } = await scene(t);
  const deaf = await open(['sleep', '1000'], { input: true });
  let pieces = 0;
  while (pieces < 100 && (await deaf.send('x'.repeat(60_000)))) pieces += 1;
  t.ok(pieces < 10, `${pieces} pieces of 60 KB were accepted`);
  await deaf.close();

  const flood = await open(['sh', '-c', 'echo $$; exec cat /dev/zero']);
  const pid = Number((await flood.read((stdout) => stdout.includes('\n'))).stdout.split('\n')[0]);
  const written = (): number =>
    Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  let before = -1;
  await until(() => {
    const now = written();
    const still = now === before;
    before = now;
    return still;
  });
  t.ok(before < 2_000_000, `${before} bytes`);
  const chunk = await flood.next(5);
  t.match(chunk, { kind: 'refused', status: 400 }, 'chunks come in order');
  await flood.close();
  await until(() => readProcess(pid) === undefined);
});

void t.test('keeps the output of a program that has ended for a slow reader', async (t) => {
  const { open } = await scene(t);
  const command = await open(['sh', '-c', 'echo $$; head -c 60000 /dev/zero | tr "\\0" x']);
  const { stdout } = await command.read((seen) => seen.includes('\n'));
  await until(() => readProcess(Number.parseInt(stdout, 10)) === undefined);
  // Longer than the rest is waited for after its end.
  await sleep(1_500);
  const rest = await command.read();
  t.equal((stdout + rest.stdout).split('\n')[1]?.length, 60_000);
  t.match(rest.end, { exit_code: 0 });
});

void t.test('returns the same output for the same number', async (t) => {
  const { open } = await scene(t);
  const command = await open(['sh', '-c', 'echo one; sleep 1000']);
  const first = await command.next();
  t.match(first, { answer: { chunk: 0, output: [{ stdout: Buffer.from('one\n').toString('base64') }] } });
  t.same(await command.next(0), first);
  t.match(await command.next(), { answer: { output: [] } }, 'and nothing if there is none for a while');
  await command.close();
});

void t.test(
  'ends what a command started, when it ends, when it is closed and when its task ends',
  async (t) => {
    const { open, peer, id, agent, run } = await scene(t);
    const pidOf = async (command: TestCommand): Promise<number> =>
      Number((await command.read((stdout) => stdout.endsWith('\n'))).stdout);
    const behind = await run(['sh', '-c', 'sleep 1000 & echo $!']);
    t.match(behind.end, { exit_code: 0 });
    await until(() => readProcess(Number(behind.stdout)) === undefined);

    const closed = await open(['sh', '-c', 'trap "" HUP TERM; echo $$; while :; do sleep 1; done']);
    const first = await pidOf(closed);
    t.match(await closed.close(), { kind: 'done' });
    await until(() => readProcess(first) === undefined);
    t.match(await closed.next(), { kind: 'refused', status: 404 });

    const running = await open(['sh', '-c', 'echo $$; exec sleep 1000']);
    const second = await pidOf(running);
    await call('DELETE', `${agent.url}/allocations/${id}`);
    await until(() => readProcess(second) === undefined);
    t.match((await running.read()).end, { exit_code: 137 });
    await peer.reported(id, 'complete', 'failed', 'stopped');
  },
);

void t.test('refuses what cannot be run, and the commands of others', async (t) => {
  const { open, channel, address, id, peer, agent } = await scene(t);
  const base = {
    session: 's',
    caller: 'user:1',
    allocation_id: id,
    task: 'main',
    command: ['true'],
    input: false,
  };
  for (const [change, status, message] of [
    [{ allocation_id: 'unknown' }, 404, /Allocation not found/],
    [{ task: 'other' }, 409, /has no task other/],
    [{ command: [] }, 400, /command/],
    [{ command: [''] }, 400, /command/],
    [{ command: ['a\0b'] }, 400, /NUL/],
    [{ command: ['x'.repeat(100_000)] }, 400, /must have at most \d+ characters/],
  ] as const)
    t.match(
      await channel.command(address, 'openCommand', {
        ...base,
        ...change,
        command: [...('command' in change ? change.command : base.command)],
      }),
      { kind: 'refused', status, message },
    );
  const own = await open(['cat'], { input: true });
  const others = { session: own.about.session, caller: 'user:2' };
  for (const outcome of [
    await channel.command(address, 'nextCommandOutput', { ...others, chunk: 0 }),
    await channel.command(address, 'commandInput', { ...others, number: 0, end: true }),
    await channel.command(address, 'closeCommand', others),
    await channel.command(address, 'resizeCommand', { ...others, size: { rows: 1, columns: 1 } }),
  ])
    t.match(outcome, { kind: 'refused', status: 404 });
  t.match(await channel.command(address, 'openCommand', { ...base, ...own.about }), {
    kind: 'refused',
    status: 400,
  });
  await own.close();
  const ended = order({ command: 'true' });
  peer.want(ended);
  await peer.reported(ended.allocation_id, 'complete');
  t.match(await channel.command(address, 'openCommand', { ...base, allocation_id: ended.allocation_id }), {
    kind: 'refused',
    status: 409,
    message: /is not running/,
  });
  t.equal((await call('POST', `${agent.url}/commands/open`, '{')).status, 400);
});

void t.test(
  "runs in a tenant's task as its user, in its namespaces and its control group",
  { skip: canBeOthers() ? false : 'needs root' },
  async (t) => {
    const { run, id } = await scene(
      t,
      { command: `echo mine > /tmp/of-${process.pid}; id -u > uid; sleep 1000` },
      'Tenant One',
    );
    const show = `cat /tmp/of-${process.pid}; [ "$(id -u)" = "$(cat uid)" ] && echo same; grep -h NoNewPrivs: /proc/self/status; grep CapEff: /proc/self/status; ls /proc/self/fd | wc -l; cat /proc/self/cgroup`;
    await until(async () => (await run(['sh', '-c', 'cat uid'])).stdout !== '');
    const { stdout, end } = await run(['sh', '-c', show]);
    t.match(end, { exit_code: 0 });
    t.match(
      stdout,
      /^mine\nsame\nNoNewPrivs:\t1\nCapEff:\t0+\n4\n/,
      'its own /tmp, no privileges, and no more files than input, output and the directory itself',
    );
    if (/muster/.test(readFileSync('/proc/self/cgroup', 'utf8')) || /muster/.test(stdout))
      t.match(stdout, id, 'its control group');
    t.notOk(existsSync(`/tmp/of-${process.pid}`));
    t.match(await run(['sh', '-c', 'ls /root; cat /etc/shadow']), { stdout: '', end: { exit_code: 1 } });
  },
);

void t.test(
  'does not enter a user namespace that a task has made',
  { skip: canBeOthers() ? false : 'needs root' },
  async (t) => {
    const { run } = await scene(
      t,
      { command: `exec unshare -Urm sh -c 'echo > "$HOME/in"; sleep 1000'` },
      'Tenant One',
    );
    let last: Ran | undefined;
    try {
      // Until the task is in its own namespace, the file is missing.
      await until(async () => {
        last = await run(['test', '-e', 'in']);
        return !('exit_code' in last.end) || last.end.exit_code !== 1;
      });
    } catch (error) {
      return t.match(String(error), /is not running/, 'this machine lets no tenant make user namespaces');
    }
    t.match(last, { end: { exit_code: 125 }, stdout: '', stderr: /cannot enter the task's namespaces/ });
  },
);

void t.test('ends when the agent is killed', async (t) => {
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, { dataDir: path.join(ownFolder(t), 'agent'), serverUrl: peer.url });
  const subject = order({ command: 'sleep 1000' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const { channel, address } = await channelTo(t, agent.url);
  const command = await TestCommand.open(channel, address, subject.allocation_id, [
    'sh',
    '-c',
    'echo $$; exec sleep 1000',
  ]);
  const pid = Number((await command.read((stdout) => stdout.endsWith('\n'))).stdout);
  const birth = readProcess(pid)?.birth ?? 0;
  t.ok(isAlive(pid, birth));
  await agent.kill('SIGKILL');
  await until(() => !isAlive(pid, birth));
});

void t.test('no tenant has all commands of a node, and operators have some for themselves', async (t) => {
  const { open, channel, address, id } = await scene(t);
  const tenant = (name: string, self_registered = false) => ({ tenant: name, self_registered });
  const started: TestCommand[] = [];
  const start = async (share?: NodeShare) => {
    const command = await open(['sleep', '1000'], { share });
    started.push(command);
    return command;
  };
  const refused = async (share?: NodeShare) =>
    await channel.command(address, 'openCommand', {
      ...{ session: randomUUID(), caller: 'user:1', allocation_id: id, task: 'main', command: ['true'] },
      ...{ input: false, share },
    });
  const times = async (count: number, share: NodeShare) => {
    for (let n = 0; n < count; n += 1) await start(share);
  };
  await times(10, tenant('mallory', true));
  await times(6, tenant('second', true));
  t.match(await refused(tenant('third', true)), {
    status: 429,
    message:
      'too many commands on this node: all self-registered accounts together can run 16 at a time; try again in 10 seconds',
  });
  await times(16, tenant('one'));
  t.match(await refused(tenant('one')), {
    status: 429,
    message:
      'too many commands on this node: the members of a tenant can run 16 at a time; try again in 10 seconds',
  });
  await times(8, tenant('two'));
  await times(8, tenant('three'));
  const full = {
    status: 503,
    message:
      /^overloaded: too many commands on this node: all tenants together can run 48 at a time; try again$/,
  };
  t.match(await refused(tenant('four')), full);
  await times(16, 'operators');
  t.match(await refused('operators'), { status: 503, message: /: it runs 64 at a time; try again$/ });
  await started.pop()?.close();
  await (await start('operators')).close();
  for (const each of started) await each.close();
  t.match(await run(tenant('one')), { end: { exit_code: 0 } }, 'all places are free again');

  async function run(share: NodeShare): Promise<Ran> {
    return await (await open(['true'], { share })).read();
  }
});
