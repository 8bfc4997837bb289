import { hostname } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test as Tap } from 'tap';
import { startAgent } from '../../fixtures/agent.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { job } from '../../fixtures/jobs.js';
import { muster } from '../../fixtures/program.js';
import { startServer, type Server } from '../../fixtures/server.js';

/** The command line against a real server with a real agent. */
void t.test('runs every command against a real server and agent', async (t) => {
  const server = await startServer(t, {});
  await startAgent(t, server);
  const folder = t.testdir();
  const run = async (...args: string[]) =>
    await muster(args, { MUSTER_SERVER_URL: server.url, MUSTER_DATA_DIR: server.dataDir });
  const file = (name: string, content: unknown): string => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  await t.test('job run exits 0 once the job is placed', async (t) => {
    const { code, stdout } = await run('job', 'run', file('service', job('service')));
    t.equal(code, 0);
    t.match(stdout, /Evaluation +[0-9a-f-]{36} complete/);
  });

  await t.test('job run --wait exits with the exit code of the failed task', async (t) => {
    const { code, stderr } = await run(
      'job',
      'run',
      '--wait',
      file('failing', job('failing', { command: 'exit 7' })),
    );
    t.equal(code, 7);
    t.match(stderr, 'job failing is failed');
  });

  await t.test('job run exits 2 and prints the lacking resource if a job fits on no node', async (t) => {
    const { code, stderr } = await run('job', 'run', file('huge', job('huge', { cpu: 10_000_000 })));
    t.equal(code, 2);
    t.match(stderr, /1 node lacks cpu \(short by at least \d+\)/);
  });

  await t.test('job run prints the progress, and exits 1 with the reason if the job fails', async (t) => {
    const { code, stderr } = await run(
      'job',
      'run',
      file('absent', job('absent', { command: '/no/such/program', args: [] })),
    );
    t.equal(code, 1);
    t.match(stderr, /main [0-9a-f]{8}: placed on node [0-9a-f-]+, starting/);
    t.match(
      stderr,
      /job absent is failed\n +task main, allocation [0-9a-f]{8} of main on node [0-9a-f-]+: .*(not found|no such file)/i,
    );
    t.match(
      (await run('job', 'status', 'absent')).stdout,
      /Failed:\n +task main, .*(not found|no such file)/i,
    );
  });

  await t.test(
    'job plan exits 1 for changes, 0 for none and 255 on failure, like nomad job plan',
    async (t) => {
      const planned = file('planned', job('planned'));
      const first = await run('job', 'plan', planned);
      t.equal(first.code, 1, first.stderr);
      t.match(first.stdout, /Plan +would be created/);
      t.match(first.stdout, /^main +1 +0 +0 +1 +0$/m);
      t.match(first.stdout, /^Nodes for main: 1 of 1 fit$/m);
      t.match((await run('job', 'status', 'planned')).stderr, 'planned', 'nothing was submitted');
      t.equal((await run('job', 'run', planned)).code, 0);
      const same = await run('job', 'plan', planned);
      t.equal(same.code, 0, same.stdout);
      t.match(same.stdout, /Plan +no change/);
      const json = await run('job', 'plan', file('wider', { ...job('planned'), priority: 77 }), '-o', 'json');
      t.match(JSON.parse(json.stdout), {
        change: 'update',
        changes: [{ path: 'priority', after: '77' }],
        groups: [{ kept: 1, placed: 0 }],
      });
      t.equal(json.code, 0);
      const bad = await run('job', 'plan', file('bad', { ...job('bad'), nonsense: true }));
      t.equal(bad.code, 255);
      t.match(bad.stderr, 'nonsense');
    },
  );

  await t.test('job run accepts YAML', async (t) => {
    const path = join(folder, 'yaml.yaml');
    writeFileSync(
      path,
      'job_id: yaml\nconstraints: {}\ntask_groups:\n  - name: main\n    tasks:\n      - name: main\n        config: { command: "true" }\n        resources: { cpu: 10, memory: 16 }\n',
    );
    t.equal((await run('job', 'run', '--wait', path)).code, 0);
  });

  await t.test('job run reads the job from standard input', async (t) => {
    const { code, stderr } = await run('job', 'run', '-');
    t.equal(code, 1);
    t.match(stderr, '-: is empty', 'empty standard input is refused');
  });

  await t.test('job status lists jobs as a table and as JSON', async (t) => {
    const table = await run('job', 'status');
    t.match(table.stdout, /^JOB +STATUS/);
    t.match(table.stdout, /service +running/);
    const json = await run('job', 'status', '-o', 'json', 'service');
    t.match(JSON.parse(json.stdout), { job_id: 'service', status: 'running' });
  });

  await t.test('job logs prints what the task wrote', async (t) => {
    await run('job', 'run', '--wait', file('talker', job('talker', { command: 'echo one; echo two' })));
    const { stdout } = await run('job', 'logs', 'talker');
    t.equal(stdout, 'one\ntwo');
    const tail = await run('job', 'logs', '-n', '1', '-f', 'talker', 'main');
    t.equal(tail.stdout, 'two');
  });

  await t.test('job logs prints both streams in order, or a single one with --stream', async (t) => {
    // Each stream is a pipe, so only lines that are written some time apart are certain to be in order.
    const command = ['echo out 1', 'echo err 1 >&2', 'echo out 2', 'echo err 2 >&2'].join(
      `; sleep ${0.1 * PATIENCE}; `,
    );
    await run('job', 'run', '--wait', file('both', job('both', { command })));
    t.equal((await run('job', 'logs', 'both')).stdout, 'out 1\nerr 1\nout 2\nerr 2');
    t.equal((await run('job', 'logs', 'both', '-f', '-n', '3')).stdout, 'err 1\nout 2\nerr 2');
    t.equal((await run('job', 'logs', 'both', '--stream', 'stdout')).stdout, 'out 1\nout 2');
    t.equal((await run('job', 'logs', 'both', '--stderr')).stdout, 'err 1\nerr 2');
    const { stdout } = await run('job', 'logs', 'both', '--timestamps');
    t.match(stdout, /^\d{4}-\d\d-\d\dT[\d:.]+Z out 1\n\S+Z err 1\n\S+Z out 2\n\S+Z err 2$/);
    const second = stdout.split('\n')[1]?.split(' ')[0] ?? '';
    t.equal((await run('job', 'logs', 'both', '--since', second)).stdout, 'err 1\nout 2\nerr 2');
    t.equal((await run('job', 'logs', 'both', '--until', second)).stdout, 'out 1');
    t.match(await run('job', 'logs', 'both', '--stream', 'stdin'), {
      code: 1,
      stderr: /Allowed choices are stdout, stderr/,
    });
  });

  await t.test(
    'job logs prints all allocations with a prefix, the previous allocation, or JSON',
    async (t) => {
      await run('job', 'run', '--wait', file('choir', job('choir', { command: 'echo sings', count: 2 })));
      const all = (await run('job', 'logs', '--all', 'choir')).stdout.split('\n');
      t.equal(all.length, 2);
      for (const line of all) t.match(line, /^main\/[0-9a-f]{8}\/main \| sings$/);
      const [json] = (await run('job', 'logs', '-o', 'json', '-n', '1', '--stream', 'stdout', 'choir')).stdout
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      t.match(json, {
        job_id: 'choir',
        task_group: 'main',
        task: 'main',
        type: 'stdout',
        line: 'sings',
        time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
        allocation_id: String,
        node_id: String,
      });
      await run(
        'job',
        'run',
        '--wait',
        file('choir', job('choir', { command: 'echo sings again', count: 1 })),
      );
      t.equal((await run('job', 'logs', 'choir')).stdout, 'sings again');
      t.equal((await run('job', 'logs', '--previous', 'choir')).stdout, 'sings');
      t.match(await run('job', 'logs', '--previous', 'talker'), {
        code: 1,
        stderr: 'group main of job talker has no allocation before',
      });
      t.match(await run('job', 'logs', '--previous', '--all', 'choir'), {
        code: 1,
        stderr: 'are mutually exclusive',
      });
      t.match(await run('job', 'logs', '-n', 'x', 'choir'), {
        code: 1,
        stderr: '-n x: must be a whole number',
      });
    },
  );

  await t.test('why explains an allocation, a job, a node and a request', async (t) => {
    const { stdout: log } = await run(
      'events',
      '--job',
      'failing',
      '--type',
      'AllocationPlaced',
      '-o',
      'json',
    );
    const placed = JSON.parse(log.split('\n')[0]!) as {
      readonly data: { readonly allocationId: string; readonly nodeId: string };
      readonly metadata: { readonly $correlationId: string };
    };
    const { allocationId, nodeId } = placed.data;
    const allocation = (await run('why', 'allocation', allocationId)).stdout;
    t.match(
      allocation,
      /^It failed: task \S+ failed: exited with code 7\. Its slot will not be filled again, because .*\.$/m,
    );
    t.match(allocation, new RegExp(`Node ${nodeId} scored \\d\\.\\d{3} for how well the job fills it\\.`));
    t.match(allocation, /scheduler: slot \S+ of job failing was placed on node/);
    t.equal((await run('why', 'allocation', allocationId.slice(0, 8))).stdout, allocation, 'by a prefix');
    t.match((await run('why', 'node', nodeId.slice(0, 8))).stdout, /^It accepts placements\.$/m);
    const told = await run('why', 'allocation', allocationId, '--not', 'moon', '-o', 'json');
    t.match(JSON.parse(told.stdout), {
      evidence: ['Node moon was not registered at that time.'],
      placement: { reproduced: true, basis_recorded: true },
    });
    t.match(
      (await run('why', 'job', 'failing')).stdout,
      /^It has ended: allocation \S+ failed on node \S+: /m,
    );
    t.match((await run('why', 'job', 'huge', '--not', nodeId)).stdout, /lacked cpu \(short by \d+\)/);
    t.match((await run('why', 'node', nodeId)).stdout, /^It accepts placements\.$/m);
    const request = await run('why', 'request', placed.metadata.$correlationId);
    t.match(
      request.stdout,
      /^It came from .* on the cluster surface, and had \d+ effects: job failing was submitted/m,
    );
    const host = hostname();
    t.match((await run('why', 'job', 'fail')).stdout, /^It has ended: /m, 'by a prefix');
    t.match((await run('job', 'why', 'fail')).stdout, /^It has ended: /m);
    t.match((await run('node', 'why', host)).stdout, /^It accepts placements\.$/m, 'by a host name');
    t.match((await run('why', 'job', 'huge', '--not', host)).stdout, /lacked cpu \(short by \d+\)/);
    for (const words of [['job:failing'], ['job:fail'], ['job', 'fail']])
      t.match((await run('history', ...words)).stdout, /job failing was submitted/, words.join(' '));
    for (const object of [`node:${host}`, `allocation:${allocationId.slice(0, 8)}`]) {
      t.equal((await run('history', object)).code, 0, object);
      t.equal((await run('diff', object, '--from', '-1s')).code, 0, object);
    }
    for (const [words, message] of [
      [['why', 'failing'], /failing: name the kind and the object, such as job:hello/],
      [['why', 'job:failing'], /use muster why job failing/],
      [['history', 'failing'], /failing: name the kind and the object/],
      [['history', 'job:none'], /no such job: none/],
      [['diff', 'node:none', '--from', '-1m'], /no such node: none/],
    ] as const) {
      const { code, stderr } = await run(...words);
      t.equal(code, 1, words.join(' '));
      t.match(stderr, message);
    }
    for (const wanted of [
      ['run', '1/1'],
      ['claim', 'claim-1'],
      ['service', 'none'],
      ['job', 'none'],
    ]) {
      const { code, stderr } = await run('why', ...wanted);
      t.equal(code, 1, wanted.join(' '));
      t.match(stderr, /no such job: |no object with the id/);
    }
  });

  await t.test('shows the same events of a job from the server and from its log', async (t) => {
    const named = async (...args: string[]): Promise<string[]> =>
      (await run('events', '--job', 'talker', '-o', 'json', ...args)).stdout
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type);
    const types = await named();
    t.equal(types[0], 'JobSubmitted');
    for (const type of [
      'AllocationPlaced',
      'EvaluationCompleted',
      'TaskExited',
      'AllocationReleased',
      'JobFinished',
    ])
      t.ok(types.includes(type), type);
    t.same(await named('--address', server.url.replace('http://', '')), types);
    t.match(
      (await run('events', '--job', 'talker', '-n', '1', '-o', 'wide')).stdout,
      /JobFinished {2}scheduler {2}outcome=complete/,
    );
    t.match(
      (await run('events', '--job', 'talker', '-n', '1')).stdout,
      /^\S+Z {2}scheduler {2}job talker finished as complete$/,
    );
  });

  await t.test('stops, restarts and purges a job', async (t) => {
    t.equal((await run('job', 'stop', 'service')).code, 0);
    t.match((await run('job', 'status', 'service')).stdout, /Status +dead/);
    t.equal((await run('job', 'restart', 'service')).code, 0);
    t.equal((await run('job', 'stop', '--purge', 'service')).code, 0);
    const gone = await run('job', 'status', 'service');
    t.equal(gone.code, 1);
    t.match(gone.stderr, 'no such job: service');
  });

  await t.test(
    'drains a node, changes its eligibility, and refuses to mark a live node as down',
    async (t) => {
      const listed = JSON.parse((await run('node', 'status', '-o', 'json')).stdout) as {
        nodes: { node_id: string }[];
      };
      const id = listed.nodes[0]?.node_id ?? '';
      t.match((await run('node', 'status', id.slice(0, 8))).stdout, `Node            ${id}`);
      for (const what of ['drain', 'eligibility']) {
        t.equal((await run('node', what, id, '--enable')).code, 0, `${what} --enable`);
        t.equal((await run('node', what, id, '--disable')).code, 0, `${what} --disable`);
        t.equal((await run('node', what, id)).code, 1, `${what} requires --enable or --disable`);
      }
      await run('node', 'eligibility', id, '--enable');
      const heard = await run('node', 'down', id, '--reason', 'no power');
      t.equal(heard.code, 1);
      t.match(heard.stderr, /was last heard from \d+ s ago: drain it instead.* \(409\)/);
      t.match((await run('node', 'down', id)).stderr, /--reason/);
    },
  );

  await t.test('eval status shows the job of an evaluation', async (t) => {
    const submitted = JSON.parse(
      (await run('job', 'run', '-d', '-o', 'json', file('quick', job('quick', { command: 'true' })))).stdout,
    ) as {
      evaluation_id: string;
    };
    const { code, stdout } = await run('eval', 'status', submitted.evaluation_id);
    t.equal(code, 0);
    t.match(stdout, /Job +quick/);
  });

  await t.test(
    'reads the events from the log while the server is running',
    async (t) => await readsEvents(t, server, run),
  );

  await t.test('verifies while the server is running, and has the server rebuild a model', async (t) => {
    const rebuilt = await run('rebuild', 'jobs');
    t.equal(rebuilt.code, 0);
    t.match(rebuilt.stderr, 'a server is using this data directory');
    const { code, stdout } = await run('verify');
    t.equal(code, 0);
    t.match(stdout, 'everything matches the events');
    t.match(JSON.parse((await run('verify', '-o', 'json')).stdout), { holds: true, findings: [] });
    t.equal((await run('rebuild', 'nothing')).code, 1);
  });

  await t.test('exits 1 and prints the address of an unreachable server', async (t) => {
    const { code, stderr } = await muster(['job', 'status'], { MUSTER_SERVER_URL: 'http://127.0.0.1:9' });
    t.equal(code, 1);
    t.match(stderr, 'cannot reach the server at http://127.0.0.1:9');
  });
});

async function readsEvents(
  t: Tap,
  server: Server,
  run: (...args: string[]) => ReturnType<typeof muster>,
): Promise<void> {
  const { stdout } = await run('events', '--stream', 'job-service', '-o', 'json');
  const events = stdout.split('\n').map((line) => JSON.parse(line) as { type: string; position: string });
  t.same(
    events.map((event) => event.type),
    ['JobSubmitted', 'JobStopped', 'JobRestarted', 'JobDeleted'],
  );
  const rest = await run(
    'events',
    '--stream',
    'job-service',
    '--from',
    events[1]?.position ?? '',
    '-o',
    'json',
  );
  t.equal(rest.stdout.split('\n').length, 2, 'only the events after the position are printed');
  t.equal((await run('events', '-n', '3')).stdout.split('\n').length, 3);
  t.equal((await run('events', '--from', 'x')).code, 1);
  t.match(
    (await muster(['events'], { MUSTER_DATA_DIR: join(server.dataDir, 'nowhere') })).stderr,
    'there is no event log',
  );
}
