import { randomUUID } from 'node:crypto';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { readProcess, userOfProcess } from '#agents/drivers/exec/process-table.js';
import { terminalPrograms } from '#agents/drivers/exec/terminal.js';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { order, startPair } from '../../support/agent.js';
import { TestCommand, type Asked } from '../../support/commands.js';

t.setTimeout(300_000 * PATIENCE);
const SIZE = { rows: 33, columns: 101 };
const FIRST_UID = 380_000;

const { agent, peer, dataDir } = await startPair(t, {
  taskUids: { first: FIRST_UID, last: FIRST_UID + 9_999 },
});
await chmod(dataDir, 0o711);
const channel = createHttpAgentChannel({ requestTimeoutMs: 10_000 * PATIENCE });
t.teardown(() => channel.close());
const address = { nodeId: 'n1', epoch: 1, endpoint: agent.url };

/** Starts a task, and returns a function that opens a command in a terminal of it. */
async function terminalsOf(subject: AllocationOrder) {
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running', 'failed');
  return async (script: string, asked: Asked = { input: true, terminal: SIZE }) =>
    await TestCommand.open(channel, address, subject.allocation_id, ['sh', '-c', script], asked);
}

const plain = order({
  command: 'sleep 1000',
  env: { GREETING: "it's", SHELL: '/bin/false', PATH: '/usr/bin:/bin' },
});
const open = await terminalsOf(plain);

void t.test('a command has a terminal, with the environment and exit code that it has without', async (t) => {
  const shown = await (
    await open(
      'test -t 0 && test -t 1 && test -t 2 && stty size && echo "$GREETING $SHELL $TERM $PATH"; exit 7',
    )
  ).read();
  t.same(shown, {
    stdout: "33 101\r\nit's /bin/false xterm /usr/bin:/bin\r\n",
    stderr: '',
    end: { exit_code: 7 },
  });
  t.match((await (await open('kill -TERM $$')).read()).end, { exit_code: 143 });
  t.match((await (await open('exec /does/not/exist')).read()).end, { exit_code: 127 });
  const printed = await (await open('env | grep -c MUSTER_SHELL; ls /proc/self/fd | tr "\\n" " "')).read();
  t.equal(printed.stdout, '0\r\n0 1 2 3 ', 'nothing of the agent is left: 3 is the folder that ls reads');
});

void t.test('a task may have a PATH without the programs that make a terminal', async (t) => {
  const folder = t.testdir({});
  await chmod(folder, 0o755);
  await symlink('/bin/sh', path.join(folder, 'sh'));
  const openThere = await terminalsOf(
    order({ command: 'while :; do read -t 1 x; done', env: { PATH: folder } }),
  );
  t.match(await (await openThere('echo "$PATH"')).read(), { stdout: `${folder}\r\n`, end: { exit_code: 0 } });
});

void t.test('keys reach the program: Ctrl-C interrupts it, and Ctrl-D ends its input', async (t) => {
  const waiting = await open('trap "echo interrupted; exit 3" INT; echo ready; while :; do sleep 1; done');
  await waiting.read((text) => text.includes('ready'));
  await waiting.send('\u0003');
  const { stdout, end } = await waiting.read();
  t.match(stdout, /interrupted/);
  t.same(end, { exit_code: 3 });
  const reading = await open('cat; echo over');
  await reading.send('hello\n\u0004');
  t.match(await reading.read(), { stdout: 'hello\r\nhello\r\nover\r\n', end: { exit_code: 0 } });
  const silent = await open('read -r line; echo "$?"', { terminal: SIZE });
  await silent.close();
});

void t.test('the program learns of a new size', async (t) => {
  const command = await open('trap "stty size; exit" WINCH; echo ready; while :; do sleep 1; done');
  await command.read((text) => text.includes('ready'));
  await command.resize({ rows: 40, columns: 120 });
  t.match((await command.read()).stdout, /^40 120\r\n/);
});

void t.test('a closed terminal ends all that runs in it, also what ignores a hangup', async (t) => {
  const command = await open('trap "" HUP; set -m; sleep 1000 & echo "$$ $!"; while :; do sleep 1; done');
  const { stdout } = await command.read((text) => text.includes('\n'));
  const pids = stdout.trim().split(' ').map(Number);
  t.equal(pids.length, 2);
  for (const pid of pids) t.not(readProcess(pid), undefined);
  await command.close();
  await eventually(() => pids.every((pid) => readProcess(pid) === undefined), { what: 'their end' });
  const ended = await open('trap "" HUP; set -m; sleep 1000 & echo "$!"');
  const left = Number((await ended.read()).stdout.trim());
  await eventually(() => readProcess(left) === undefined, { what: 'the end of what the program left' });
});

void t.test('the program of a tenant has its user and limits', { skip: !canBeOthers() }, async (t) => {
  const base = order({ command: 'sleep 1000' });
  const openAsTenant = await terminalsOf({
    ...base,
    task_group: {
      ...base.task_group,
      tasks: [{ name: 'main', driver: 'exec', config: { command: 'sleep 1000', tenant: randomUUID() } }],
    },
  });
  const command = await openAsTenant(
    'grep NoNewPrivs /proc/self/status; cat /proc/self/cgroup; echo "pid $$"; sleep 1000',
  );
  const { stdout } = await command.read((text) => /pid \d+\r\n/.test(text));
  const plainly = await (
    await openAsTenant('grep NoNewPrivs /proc/self/status; cat /proc/self/cgroup', {})
  ).read();
  t.equal(stdout.replace(/pid \d+\r\n/, '').replaceAll('\r', ''), plainly.stdout, 'as without a terminal');
  t.match(plainly.stdout, /NoNewPrivs:\s+1/);
  const pid = Number(/pid (\d+)/.exec(stdout)?.[1]);
  t.ok((userOfProcess(pid) ?? 0) >= FIRST_UID);
  await command.resize({ rows: 1, columns: 1 });
  await command.close();
});

void t.test('says what a node lacks that has no terminals', async (t) => {
  const folder = t.testdir({});
  await t.rejects(terminalPrograms(folder), {
    message: /lacks the program script or setpriv of util-linux: install it/,
  });
  await writeFile(
    path.join(folder, 'script'),
    '#!/bin/sh\necho "script: unrecognized option" >&2; exit 1\n',
    {
      mode: 0o755,
    },
  );
  await t.rejects(terminalPrograms(folder), { message: /script or setpriv of util-linux/ });
  const { script, stty, setpriv } = await terminalPrograms();
  const other = t.testdir({ bin: {} });
  await symlink(script, path.join(other, 'bin', 'script'));
  await symlink(setpriv, path.join(other, 'bin', 'setpriv'));
  await t.rejects(terminalPrograms(path.join(other, 'bin')), { message: /stty of coreutils/ });
  t.match(stty, /\/stty$/);
});
