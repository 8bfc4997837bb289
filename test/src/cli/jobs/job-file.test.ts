import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isOfNomad, readJob } from '#src/cli/jobs/job-file.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { muster } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

const HCL = `# a comment
job "web" {
  datacenters = ["dc1"]
  group "app" {
    count = 2
    network {
      port "http" { to = 80 }
    }
    task "serve" {
      driver = "docker"
      config {
        image = "nginx:1.27"
        ports = ["http"]
      }
      env { LANG = "C" }
    }
  }
}
`;
const MAPPED = {
  job_id: 'web',
  task_groups: [
    {
      name: 'app',
      count: 2,
      tasks: [
        {
          name: 'serve',
          config: { image: 'nginx:1.27' },
          env: { LANG: 'C' },
          // Nomad's default for a task.
          resources: { memory: 300 },
          ports: [{ container: 80, dynamic: true }],
        },
      ],
      // Nomad's defaults for a service.
      restart: { attempts: 2, interval: 1800, delay: 15, mode: 'fail' },
      reschedule: { delay: 30, delay_function: 'exponential', max_delay: 3600 },
      update: { max_parallel: 1, min_healthy_seconds: 10, progress_deadline_seconds: 600 },
    },
  ],
};

function fileIn(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

await t.test('recognizes a Nomad file by its name, or else by its content', async (t) => {
  for (const name of ['web.nomad.hcl', 'web.hcl', 'web.nomad', 'web.nomad.json'])
    t.ok(isOfNomad(name, ''), name);
  t.ok(isOfNomad('-', HCL));
  t.ok(isOfNomad('web.json', '{"job": {"web": {}}}'));
  t.ok(isOfNomad('web.json', '{"Job": {"ID": "web"}}'));
  t.ok(isOfNomad('web.json', '{"ID": "web", "TaskGroups": []}'));
  for (const own of [
    '{"job_id": "job", "task_groups": []}',
    'job_id: web\ntask_groups: []\n',
    '{"task_groups": [], "job": 1}',
    '{',
    '[]',
    '',
  ])
    t.notOk(isOfNomad('web.yaml', own), own);
  t.notOk(
    isOfNomad(
      'web.yaml',
      'task_groups:\n- name: a\n  tasks: [{name: b, config: {command: |\n    job "x" {\n  }}]\n',
    ),
  );
});

await t.test('converts HCL and both forms of JSON to the same job', async (t) => {
  const folder = ownFolder(t);
  t.same(await readJob(fileIn(folder, 'web.nomad.hcl', HCL)), MAPPED);
  const task = { driver: 'docker', config: { image: 'nginx:1.27', ports: ['http'] }, env: { LANG: 'C' } };
  const group = { count: 2, network: { port: { http: { to: 80 } } }, task: { serve: task } };
  t.same(
    await readJob(
      fileIn(
        folder,
        'web.json',
        JSON.stringify({ job: { web: { datacenters: ['dc1'], group: { app: group } } } }),
      ),
    ),
    MAPPED,
  );
  const tasks = [
    { Name: 'serve', Driver: 'docker', Config: { image: 'nginx:1.27', ports: ['http'] }, Env: { LANG: 'C' } },
  ];
  const networks = [{ DynamicPorts: [{ Label: 'http', To: 80 }] }];
  const api = {
    Job: {
      ID: 'web',
      Name: 'web',
      TaskGroups: [{ Name: 'app', Count: 2, Networks: networks, Tasks: tasks }],
    },
  };
  t.same(await readJob(fileIn(folder, 'inspected.json', JSON.stringify(api))), MAPPED);
});

await t.test('converts the update block of a Nomad group', async (t) => {
  const update =
    'update {\n      max_parallel = 2\n      min_healthy_time = "3s"\n      progress_deadline = "1m"\n      auto_revert = true\n    }';
  const job = await readJob(
    fileIn(ownFolder(t), 'rolled.hcl', HCL.replace('count = 2', `count = 2\n    ${update}`)),
  );
  t.same(job.task_groups[0]?.update, {
    max_parallel: 2,
    min_healthy_seconds: 3,
    progress_deadline_seconds: 60,
    auto_revert: true,
  });
});

await t.test("reads Muster's own job files unchanged", async (t) => {
  const tasks = [{ name: 'main', config: { command: 'true' } }];
  const job = { job_id: 'web', task_groups: [{ name: 'app', tasks }] };
  t.same(
    await readJob(fileIn(ownFolder(t), 'web.json', JSON.stringify(job))),
    job,
    'defaults are left to the server',
  );
});

await t.test('reports all problems of a Nomad file at once, with line and column', async (t) => {
  const file = fileIn(
    ownFolder(t),
    'bad.hcl',
    HCL.replace('count = 2', 'count = -1\n    update { canary = 1 }').replace('"docker"', '"raw_exec"'),
  );
  await t.rejects(readJob(file), {
    message: new RegExp(
      [
        `^${file} has 4 problems:`,
        `${file}:5:13: .*count: must be a whole number`,
        `${file}:6:14: .*update.canary: must be 0: canaries are not supported`,
        `${file}:8:7: .*no task lists it.*`,
        `${file}:11:7: .*driver: raw_exec is not supported.*$`,
      ].join('\n'),
    ),
  });
  const rolled = fileIn(
    ownFolder(t),
    'rolled.hcl',
    HCL.replace(
      'count = 2',
      'count = 2\n    update {\n      max_parallel = 0\n      auto_revert = true\n    }',
    ),
  );
  await t.rejects(readJob(rolled), { message: new RegExp(`^${rolled}:7:7: .*update.max_parallel: `) });
  const open = fileIn(ownFolder(t), 'open.nomad', 'job "web" {\n  group "app" {\n');
  await t.rejects(readJob(open), { message: new RegExp(`^${open}:\\d+:\\d+: `) });
});

await t.test('refuses a group of two that writes to a volume, although Nomad accepts it', async (t) => {
  const volumes = HCL.replace(
    'network {',
    'volume "data" {\n  type = "host"\n  source = "data"\n}\n    network {',
  ).replace('env {', 'volume_mount {\n  volume = "data"\n  destination = "/data"\n}\n      env {');
  await t.rejects(readJob(fileIn(ownFolder(t), 'two.nomad.hcl', volumes)), {
    message: /at most 1 for a group that writes to a volume/,
  });
});

await t.test('validates a file without contacting a server', async (t) => {
  const folder = ownFolder(t);
  const env = { MUSTER_SERVER_URL: 'http://127.0.0.1:1' };
  const good = await muster(['job', 'validate', fileIn(folder, 'web.nomad.hcl', HCL)], env);
  t.match(good, { code: 0, stderr: '' });
  t.match(good.stdout, /web\.nomad\.hcl is valid\nJob +web\nGroups +app \(2\): serve/);
  t.same(
    JSON.parse((await muster(['job', 'validate', join(folder, 'web.nomad.hcl'), '-o', 'json'], env)).stdout),
    MAPPED,
  );
  const own = (text: string) => fileIn(folder, 'own.yaml', text);
  const job = 'task_groups:\n- name: app\n  tasks:\n  - name: main\n    config: {command: "true"}\n';
  t.match(await muster(['job', 'validate', own(job)], env), { code: 0, stdout: /Job +a new id/ });
  t.match(await muster(['job', 'validate', own(`${job}    nothing: 1\n`)], env), {
    code: 1,
    stderr: /own\.yaml:6:5: task_groups\[0\]\.tasks\[0\]\.nothing: is not a known key/,
  });
  t.match(
    await muster(['job', 'validate', own(`${job}constraints: {disk: {operator: regex, value: "("}}\n`)], env),
    {
      code: 1,
      stderr: /own\.yaml: constraints\.disk\.value: /,
    },
  );
  t.match(await muster(['job', 'validate', join(folder, 'absent.hcl')], env), {
    code: 1,
    stderr: /cannot read/,
  });
});

await t.test('runs a Nomad job file', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  const file = fileIn(
    ownFolder(t),
    'hello.nomad.hcl',
    'job "hello" {\n  group "app" {\n    task "main" {\n      driver = "exec"\n      config {\n        command = "/bin/echo"\n        args = ["from", "hcl"]\n      }\n    }\n  }\n}\n',
  );
  const env = { MUSTER_SERVER_URL: server.url };
  t.match(await muster(['job', 'run', '--detach', file], env), { code: 0, stdout: /^Job +hello$/m });
  await eventually(async () => {
    const shown = JSON.parse((await muster(['job', 'status', 'hello', '-o', 'json'], env)).stdout) as {
      task_groups: unknown;
    };
    return JSON.stringify(shown.task_groups).includes('"args":["from","hcl"]');
  });
  t.match(await muster(['job', 'versions', 'hello'], env), {
    code: 0,
    stdout: /^0 \(current\) +submitted /m,
  });
  t.match(await muster(['job', 'revert', 'hello', '0'], env), {
    code: 1,
    stderr: /job hello is already at version 0/,
  });
});
