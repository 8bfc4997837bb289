import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { call, order, startPair, statusOf } from '../../support/agent.js';
import { until } from '../../support/peer-server.js';

void t.test('runs an order as a process, and reports its end', async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = order({ command: 'echo out; echo err >&2; exit 3' });
  const began = performance.now();
  t.same((await call('POST', `${agent.url}/allocations`, subject)).body, {
    message: 'Allocation accepted',
    allocation_id: subject.allocation_id,
  });
  t.comment(`accepted in ${(performance.now() - began).toFixed(1)} ms`);
  const report = await peer.reported(subject.allocation_id, 'failed');
  t.match(report, {
    message: 'task main: exited with code 3',
    tasks: { main: { status: 'failed', exit_code: 3, error: null, message: 'exited with code 3' } },
  });
  const status = await statusOf(agent.url, subject.allocation_id);
  t.match(status, {
    allocation_id: subject.allocation_id,
    job_id: subject.job_id,
    task_group: 'group',
    status: 'failed',
  });
  t.ok(
    (status.start_time ?? 0) > 1_700_000_000 && (status.end_time ?? 0) >= (status.start_time ?? 0),
    'times are Unix seconds',
  );
  t.equal((await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body, 'out\nerr\n');
  t.equal(
    (await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?type=stdout`)).body,
    'out\n',
  );
  t.equal(
    (await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?type=stderr`)).body,
    'err\n',
  );
});

void t.test('starts a task in less than 500 ms (median)', async (t) => {
  const { agent, dataDir } = await startPair(t);
  const delays: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const file = path.join(dataDir, `stamp-${round}`);
    const began = Date.now();
    await call(
      'POST',
      `${agent.url}/allocations`,
      order({ command: `date +%s%N > ${file}.tmp; mv ${file}.tmp ${file}` }),
    );
    await until(() =>
      readFile(file).then(
        () => true,
        () => false,
      ),
    );
    delays.push(Number(BigInt(await readFile(file, 'utf8')) / 1000n) / 1000 - began);
  }
  delays.sort((a, b) => a - b);
  t.comment(`milliseconds: ${delays.map((each) => each.toFixed(0)).join(' ')}`);
  t.ok((delays[10] ?? Infinity) < 500 * PATIENCE, 'the median start takes less than 500 ms');
});

void t.test("passes only the task's own environment to a task, not the agent's", async (t) => {
  process.env.SECRET_OF_THE_AGENT = 'x';
  t.teardown(() => delete process.env.SECRET_OF_THE_AGENT);
  const { agent, peer } = await startPair(t);
  const value = 'it\'s "quoted" $HOME `id`\nsecond line';
  const subject = order({
    command: '/usr/bin/env',
    args: ['-0'],
    env: { TRICKY: value, LD_LIBRARY_PATH: '/x', IFS: 'abc' },
    config: { command: '/usr/bin/env', port: 12_345 },
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'complete');
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`);
  const environment = Object.fromEntries(
    body
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  t.same(Object.keys(environment).sort(), [
    'HOME',
    'IFS',
    'LANG',
    'LD_LIBRARY_PATH',
    'MUSTER_ALLOC_ID',
    'MUSTER_GROUP',
    'MUSTER_HOST_PORT',
    'MUSTER_JOB_ID',
    'MUSTER_LOG_ID',
    'MUSTER_NODE_ID',
    'MUSTER_PORT',
    'MUSTER_PORT_12345',
    'MUSTER_TASK',
    'PATH',
    'TMPDIR',
    'TRICKY',
  ]);
  t.match(environment, {
    TRICKY: value,
    IFS: 'abc',
    MUSTER_ALLOC_ID: subject.allocation_id,
    MUSTER_TASK: 'main',
    MUSTER_PORT: '12345',
    MUSTER_NODE_ID: agent.nodeId,
  });
});

void t.test('runs a command in a shell, or without one if it has args', async (t) => {
  const { agent, peer } = await startPair(t);
  const outputs: [ReturnType<typeof order>, string][] = [
    [order({ command: 'x=1; echo "$x" | tr 1 2; pwd | sed "s,.*/,,"' }), '2\nlocal\n'],
    [order({ command: '/bin/echo', args: ['$x;', '`id`', '', '*', '-- a'] }), '$x; `id`  * -- a\n'],
    [order({ command: 'pwd', args: [], work_dir: '/usr' }), '/usr\n'],
  ];
  peer.want(...outputs.map(([each]) => each));
  for (const [each, output] of outputs) {
    await peer.reported(each.allocation_id, 'complete');
    t.equal((await call('GET', `${agent.url}/allocations/${each.allocation_id}/logs`)).body, output);
  }
  const shell = order({ command: 'echo a; echo b', args: [] });
  const folder = order({ command: 'true', work_dir: '/no/such/folder' });
  peer.want(shell, folder);
  t.match((await peer.reported(shell.allocation_id, 'failed')).tasks.main, {
    exit_code: 127,
    message: /was not found/,
  });
  t.match(
    (await peer.reported(folder.allocation_id, 'failed')).tasks.main?.message,
    /can't cd to|No such file/,
  );
});

void t.test(
  'runs a task as its configured user, without a way to regain privileges',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const { agent, peer } = await startPair(t);
    const named = order({
      command: 'id -u; id -g; id -G; grep NoNewPrivs /proc/self/status; touch mine && stat -c %U mine',
      user: 'nobody',
    });
    const numbered = order({ command: 'id -u', user: '4321' });
    const unknown = order({ command: 'id -u', user: 'nobody-at-all' });
    peer.want(named, numbered, unknown);
    await peer.reported(named.allocation_id, 'complete');
    t.equal(
      (await call('GET', `${agent.url}/allocations/${named.allocation_id}/logs`)).body,
      '65534\n65534\n65534\nNoNewPrivs:\t1\nnobody\n',
    );
    await peer.reported(numbered.allocation_id, 'complete');
    t.equal((await call('GET', `${agent.url}/allocations/${numbered.allocation_id}/logs`)).body, '4321\n');
    t.match(
      (await peer.reported(unknown.allocation_id, 'failed')).message,
      /user nobody-at-all does not exist/,
    );
  },
);

void t.test('limits memory if the host has control groups, and reports usage', async (t) => {
  const { peer } = await startPair(t);
  await until(() => peer.registrations.length > 0);
  const isolation = peer.registrations[0]?.attributes?.['exec.isolation'];
  t.match(isolation, /^(cgroup-v1|cgroup-v2|none)$/);
  const greedy = order({ command: 'x=a; while :; do x=$x$x; done', resources: { cpu: 500, memory: 24 } });
  const modest = order({
    command: 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 1.2',
    resources: { cpu: 500, memory: 64 },
  });
  peer.want(...(isolation === 'none' ? [modest] : [greedy, modest]));
  if (isolation !== 'none') {
    t.match((await peer.reported(greedy.allocation_id, 'failed')).tasks.main, {
      exit_code: 137,
      error: 'out of memory',
      message: /^out of memory \(exited with code 137 \(SIGKILL\)\): its limit is \d+ MiB, from `memory` in/,
      usage: { memory_peak_mb: 24 },
    });
  }
  const { usage } = (await peer.reported(modest.allocation_id, 'complete')).tasks.main ?? {};
  t.ok(
    (usage?.memory_peak_mb ?? 0) > 0 &&
      (usage?.memory_average_mb ?? 0) > 0 &&
      (usage?.cpu_average ?? 0) > 0 &&
      (usage?.cpu_peak ?? 0) >= (usage?.cpu_average ?? 0),
    JSON.stringify(usage),
  );
});

void t.test('completes a group once all its tasks succeed, and stops it when one fails', async (t) => {
  const { peer } = await startPair(t);
  const good = order({ command: 'true' }, { command: 'sleep 0.1' });
  const bad = order({ command: 'sleep 0.2; exit 2' }, { command: 'sleep 1000' });
  peer.want(good, bad);
  t.match(await peer.reported(good.allocation_id, 'complete'), {
    message: null,
    tasks: { main: { exit_code: 0, status: 'complete' }, side1: { exit_code: 0 } },
  });
  t.match(await peer.reported(bad.allocation_id, 'failed'), {
    message: 'task main: exited with code 2',
    tasks: {
      main: { status: 'failed', exit_code: 2 },
      side1: { status: 'stopped', message: /stopped because of task main: exited with code 2/ },
    },
  });
});

void t.test('stops a whole process group with SIGTERM, then SIGKILL', async (t) => {
  const { agent, peer, dataDir } = await startPair(t);
  const polite = order({
    command: `trap "echo bye; exit 9" TERM; touch ${dataDir}/ready; while :; do sleep 0.02; done`,
  });
  const stubborn = order({
    command: `trap "" TERM; (setsid sleep 1234 & echo $! > ${dataDir}/stray); while :; do sleep 0.02; done`,
    kill_timeout: 0.3,
  });
  peer.want(polite, stubborn);
  for (const file of ['stray', 'ready'])
    await until(async () =>
      readFile(path.join(dataDir, file)).then(
        () => true,
        () => false,
      ),
    );
  await peer.reported(polite.allocation_id, 'running');
  const answers = await Promise.all(
    [polite, stubborn].map((each) => call('DELETE', `${agent.url}/allocations/${each.allocation_id}`)),
  );
  t.same(
    answers.map((each) => each.status),
    [200, 200],
  );
  t.match(await peer.reported(polite.allocation_id, 'stopped'), {
    tasks: { main: { status: 'stopped', exit_code: 9 } },
  });
  t.match(await peer.reported(stubborn.allocation_id, 'stopped'), { tasks: { main: { exit_code: 137 } } });
  const stray = (await readFile(path.join(dataDir, 'stray'), 'utf8')).trim();
  // A killed process still needs processor time to end.
  await until(
    async () =>
      (await readFile(`/proc/${stray}/stat`, 'utf8').catch(() => ') Z')).split(') ')[1]?.startsWith('Z') ===
      true,
    () => 'the orphan process is still alive',
  );
});

void t.test('stops a task that exceeds its time limit, and reports it as failed', async (t) => {
  const { peer } = await startPair(t);
  const subject = order({ command: 'sleep 1000', max_run_seconds: 0.3 });
  peer.want(subject);
  t.match(await peer.reported(subject.allocation_id, 'failed'), {
    message: 'task main: ran longer than 0.3 s and was stopped',
    tasks: { main: { status: 'failed' } },
  });
});
