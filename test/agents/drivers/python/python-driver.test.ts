import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { Interpreters } from '#agents/drivers/python/interpreters.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { PYTHON } from '../../../fixtures/drivers.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { call, order, spawnAgent, startPair } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = PYTHON === undefined ? 'there is no Python in the tasks’ PATH' : false;

const of = (config: object, env: Record<string, string> = {}, rest: object = {}): AllocationOrder => {
  const { task_group, ...given } = order({});
  return {
    ...given,
    task_group: { ...task_group, tasks: [{ name: 'main', driver: 'python', config, env, ...rest }] },
  };
};

void t.test('reports the interpreters of the node', { skip }, async (t) => {
  const { peer } = await startPair(t);
  await until(() => peer.registrations.length > 0);
  const { attributes = {} } = peer.registrations[0] ?? {};
  t.equal(attributes['driver.python'], true);
  t.match(String(attributes['python.interpreters']).split(','), [PYTHON]);
  t.match(attributes['python.version'], /^3\.\d+\.\d+$/);
});

void t.test('runs code with arguments, and returns its exit code', { skip }, async (t) => {
  const { agent, peer } = await startPair(t);
  const code =
    'import os, sys\nprint(sys.argv[1:], os.environ.get("KEPT"), os.environ.get("CARRIED"), os.getcwd())\nsys.exit(3)';
  const subject = of(
    { command: '-c', arguments: [code, '--x', { env: 'CARRIED' }, "a'b $c"], working_directory: '/' },
    { KEPT: 'k', CARRIED: 'c' },
  );
  peer.want(subject);
  t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 3 } } });
  const { body } = await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`);
  t.equal(
    body,
    `['--x', 'c', "a'b $c"] k None /\n`,
    'a variable that carries an argument is not set in the process',
  );
});

void t.test('runs a script by path, directory and interpreter', { skip }, async (t) => {
  const folder = ownFolder(t);
  await writeFile(path.join(folder, 'job.py'), 'import sys\nprint(sys.executable, sys.argv)\n');
  const { agent, peer } = await startPair(t);
  const run = async (config: object, status: 'complete' | 'failed'): Promise<string> => {
    const subject = of({ command: 'job.py', working_directory: folder, ...config });
    peer.want(subject);
    const { tasks } = await peer.reported(subject.allocation_id, status);
    return status === 'failed'
      ? (tasks['main']?.message ?? '')
      : (await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body;
  };
  t.equal(await run({}, 'complete'), `${PYTHON} ['job.py']\n`);
  t.equal(await run({ python_path: PYTHON, arguments: ['x'] }, 'complete'), `${PYTHON} ['job.py', 'x']\n`);
  for (const python_path of ['/nowhere/python3', '/usr/bin', path.join(folder, 'job.py')])
    t.match(
      await run({ python_path }, 'failed'),
      new RegExp(`^python_path ${python_path} is not an executable file on this node, which has .*${PYTHON}`),
    );
  t.match(await run({ command: 'missing.py' }, 'failed'), /exited with code 2/);
  t.match(
    await run({ command: '-c', arguments: [{ env: 'GONE' }] }, 'failed'),
    'its config refers to the variable GONE, which is not in its env',
  );
});

void t.test('returns output before the script ends', { skip }, async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = of(
    { command: '-c', arguments: ['import time\nprint("begun")\ntime.sleep(1000)'] },
    {},
    { kill_timeout: 0.1 },
  );
  peer.want(subject);
  await until(
    async () =>
      (await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body ===
      'begun\n',
  );
  await call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`);
});

void t.test(
  "runs a script as its tenant's user",
  { skip: skip === false && !canBeOthers() ? 'needs root' : skip },
  async (t) => {
    const { agent, peer, dataDir } = await startPair(t, { taskUids: { first: 320_000, last: 329_999 } });
    await chmod(dataDir, 0o711);
    const subject = of({
      command: '-c',
      arguments: ['import os; print(os.getuid(), os.getgroups())'],
      tenant: 'one',
    });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    t.match(
      (await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body,
      /^32\d{4} \[(32\d{4})?\]\n$/,
    );
  },
);

void t.test(
  'a script keeps running when its agent is killed, and is adopted by the next one',
  { skip },
  async (t) => {
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const options = { dataDir, serverUrl: peer.url };
    const first = await spawnAgent(t, options);
    const folder = ownFolder(t);
    const code = `import os, time\nopen("${folder}/started." + str(os.getpid()), "x")\nwhile not os.path.exists("${folder}/go"): time.sleep(0.05)\nraise SystemExit(7)`;
    const subject = of({ command: '-c', arguments: [code] });
    peer.want(subject);
    await until(async () => (await readdir(folder)).length === 1);
    await peer.reported(subject.allocation_id, 'running');
    await first.kill('SIGKILL');
    await spawnAgent(t, options);
    await writeFile(path.join(folder, 'go'), '');
    t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 7 } } });
    t.equal((await readdir(folder)).filter((name) => name.startsWith('started')).length, 1);
  },
);

void t.test('finds working interpreters in the order of PATH, each once', { skip }, async (t) => {
  const [first, second] = [path.join(ownFolder(t), 'a'), path.join(ownFolder(t), 'b')];
  for (const folder of [first, second]) await mkdir(folder);
  await writeFile(path.join(first, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await writeFile(path.join(first, 'python3.8'), 'no program');
  await symlink('/nowhere', path.join(first, 'python3.9'));
  for (const name of ['python3.11', 'python3', 'python', 'python3-config'])
    await symlink(PYTHON ?? '', path.join(second, name));
  const subject = new Interpreters(`${first}:/nowhere:${second}`);
  const found = await subject.find();
  t.match(found, [{ path: path.join(second, 'python3'), version: /^3\./ }]);
  t.same(await subject.find(), found);
  t.same(await new Interpreters('').find(), []);
});
