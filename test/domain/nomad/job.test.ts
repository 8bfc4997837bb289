import t from 'tap';
import { jobOfNomad, partOfNomad, type JobFileReading } from '#domain/nomad/index.js';
import { readJson } from '#src/features/job-files/json-places.js';

type Fields = Readonly<Record<string, unknown>>;

function read(
  changes: {
    readonly job?: Fields;
    readonly group?: Fields;
    readonly task?: Fields;
    readonly config?: Fields;
  } = {},
): JobFileReading {
  const task = { driver: 'docker', config: { image: 'nginx:1', ...changes.config }, ...changes.task };
  return readText(
    JSON.stringify({
      job: { web: { group: { g: { task: { t: task }, ...changes.group } }, ...changes.job } },
    }),
  );
}

function readText(text: string): JobFileReading {
  const located = readJson(text);
  if (located.kind !== 'object') throw new Error('no object');
  return jobOfNomad(located);
}

/** The problems, each with its path. */
function problems(reading: JobFileReading): string[] {
  return 'problems' in reading ? reading.problems.map(({ path, problem }) => `${path}: ${problem}`) : [];
}

function jobIn(reading: JobFileReading) {
  if (!('job' in reading)) throw new Error(problems(reading).join('\n'));
  return reading.job;
}

void t.test('a job file with one container becomes a job with one task group', async (t) => {
  t.strictSame(jobIn(read()), {
    job_id: 'web',
    task_groups: [{ name: 'g', tasks: [{ name: 't', driver: 'docker', config: { image: 'nginx:1' } }] }],
  });
});

void t.test('every field with a counterpart is mapped', async (t) => {
  const reading = read({
    job: {
      priority: 70,
      type: 'service',
      datacenters: ['*'],
      constraint: { attribute: '${meta.rack}', value: 'r1' },
      update: { max_parallel: 2 },
    },
    group: {
      count: 3,
      constraint: [{ attribute: '${attr.kernel.name}', operator: 'regexp', value: 'linux' }],
      restart: { attempts: 4, delay: '10s', mode: 'delay' },
      update: { max_parallel: 1, min_healthy_time: '5s', progress_deadline: '2m', auto_revert: true },
      ephemeral_disk: { size: 300 },
      network: { port: { http: { static: 8080, to: 80 }, admin: { to: 9000 } } },
      volume: { data: { type: 'host', source: 'web-data', read_only: true } },
    },
    task: {
      user: 'www',
      env: { A: 'x', B: 2, C: true },
      resources: { cpu: 250, memory: 128 },
      kill_timeout: '20s',
      volume_mount: { volume: 'data', destination: '/srv' },
      service: {
        name: 'site',
        port: 'http',
        check: [
          {
            type: 'http',
            path: '/up',
            interval: '10s',
            timeout: '2s',
            check_restart: { limit: 5, grace: '30s' },
          },
          { type: 'script', command: '/bin/ok', args: ['-q'] },
        ],
      },
    },
    config: {
      command: 'nginx -g',
      args: ['daemon off;'],
      ports: ['http', 'admin'],
      work_dir: '/srv',
      tty: true,
      interactive: true,
      shm_size: 67_108_865,
      volumes: ['cache:/var/cache:ro'],
      mount: { type: 'volume', target: '/m', source: 'm' },
      privileged: false,
      cap_add: [],
    },
  });
  t.strictSame(jobIn(reading), {
    job_id: 'web',
    priority: 70,
    task_groups: [
      {
        name: 'g',
        count: 3,
        restart: { attempts: 4, interval: 1800, delay: 10, mode: 'delay' },
        update: {
          max_parallel: 1,
          min_healthy_seconds: 5,
          progress_deadline_seconds: 120,
          auto_revert: true,
        },
        constraints: [
          { attribute: 'rack', operator: '=', value: 'r1' },
          { attribute: 'kernel.name', operator: 'regex', value: 'linux' },
        ],
        tasks: [
          {
            name: 't',
            driver: 'docker',
            config: {
              image: 'nginx:1',
              args: ['nginx -g', 'daemon off;'],
              work_dir: '/srv',
              tty: true,
              open_stdin: true,
              shm_size: 65,
              user: 'www',
            },
            env: { A: 'x', B: '2', C: 'true' },
            resources: { cpu: 250, memory: 128, disk: 300 },
            kill_timeout: 20,
            volumes: [
              { name: 'cache', path: '/var/cache', read_only: true },
              { name: 'm', path: '/m' },
              { name: 'web-data', path: '/srv', read_only: true },
            ],
            ports: [
              { host: 8080, container: 80 },
              { container: 9000, dynamic: true },
            ],
            checks: [
              {
                type: 'http',
                name: 'site',
                port: 80,
                path: '/up',
                interval_seconds: 10,
                timeout_seconds: 2,
                grace_seconds: 30,
                failures: 5,
              },
              { type: 'exec', name: 'site', command: ['/bin/ok', '-q'] },
            ],
          },
        ],
      },
    ],
  });
});

void t.test('an exec task gets the static ports of its group, and runs without a shell', async (t) => {
  const reading = read({
    group: { network: { port: { http: { static: 8080 } } } },
    task: { driver: 'exec', config: { command: '/bin/true' } },
  });
  t.strictSame(jobIn(reading).task_groups[0]?.tasks, [
    { name: 't', driver: 'exec', config: { command: '/bin/true', args: [] }, ports: [{ host: 8080 }] },
  ]);
});

void t.test('fields that would give a task more privileges are refused', async (t) => {
  const wanted: Fields = {
    privileged: true,
    cap_add: ['SYS_ADMIN'],
    devices: [{ host_path: '/dev/sda' }],
    pid_mode: 'host',
    ipc_mode: 'host',
    uts_mode: 'host',
    userns_mode: 'host',
    security_opt: ['seccomp=unconfined'],
    sysctl: { 'net.core.somaxconn': '1' },
    runtime: 'runc',
  };
  for (const [name, value] of Object.entries(wanted))
    t.strictSame(problems(read({ config: { [name]: value } })), [
      `job.web.group.g.task.t.config.${name}: is not allowed`,
    ]);
  t.match(problems(read({ config: { network_mode: 'host' } })), [/network_mode: is not allowed/]);
  for (const [size, problem] of [
    [2 ** 41, 'must be at most 1 TiB, in bytes'],
    ['64m', 'must be a whole number'],
  ] as const)
    t.strictSame(problems(read({ config: { shm_size: size } })), [
      `job.web.group.g.task.t.config.shm_size: ${problem}`,
    ]);
  t.match(problems(read({ config: { network_mode: 'container:x' } })), [/network_mode: is not allowed/]);
  t.match(problems(read({ group: { network: { mode: 'host' } } })), [
    /network\.mode: host networking is not allowed/,
  ]);
  t.match(problems(read({ task: { driver: 'raw_exec' } })), [/task\.t\.driver: raw_exec is not supported/]);
});

void t.test('host directories are refused in every notation', async (t) => {
  for (const volume of [
    '/etc:/etc',
    '/:/host:ro',
    './x:/x',
    '../x:/x',
    'local/x:/x',
    '~/x:/x',
    '/x',
    'a',
    'a:b',
    'a:/b:z',
    'a:/../b',
    'a:/b:ro:x',
  ])
    t.equal(problems(read({ config: { volumes: [volume] } })).length, 1, volume);
  for (const mount of [
    { type: 'bind', source: '/etc', target: '/x' },
    { source: '/etc', target: '/x' },
    { type: 'tmpfs', target: '/x' },
    { type: 'volume', source: 'a', target: 'x' },
    {
      type: 'volume',
      source: 'a',
      target: '/x',
      volume_options: { driver_config: { options: { device: '/etc', o: 'bind' } } },
    },
  ])
    t.ok(problems(read({ config: { mount } })).length > 0, JSON.stringify(mount));
  t.match(problems(read({ group: { volume: { a: { type: 'host', source: '/etc' } } } })), [
    /volume\.a\.source: host directories/,
  ]);
  t.match(problems(read({ group: { volume: { a: { type: 'csi', source: 'x' } } } })), [
    /volume\.a\.type: must be "host"/,
  ]);
});

void t.test('a field without a counterpart is refused, with its path', async (t) => {
  const cases: readonly (readonly [Parameters<typeof read>[0], string])[] = [
    [{ job: { meta: { a: 'b' } } }, 'job.web.meta'],
    [{ job: { periodic: { cron: '* * * * *' } } }, 'job.web.periodic'],
    [{ job: { type: 'system' } }, 'job.web.type'],
    [{ job: { datacenters: ['eu', 'us'] } }, 'job.web.datacenters'],
    [{ group: { meta: {} } }, 'job.web.group.g.meta'],
    [{ group: { affinity: { attribute: '${meta.rack}', value: 'r1' } } }, 'job.web.group.g.affinity'],
    [
      { group: { restart: { attempts: 2, render_templates: true } } },
      'job.web.group.g.restart.render_templates',
    ],
    [{ group: { reschedule: { attempts: 2, unlimited: true } } }, 'job.web.group.g.reschedule.attempts'],
    [{ group: { reschedule: { delay_function: 'linear' } } }, 'job.web.group.g.reschedule.delay_function'],
    [{ group: { migrate: { max_parallel: 2 } } }, 'job.web.group.g.migrate.max_parallel'],
    [{ group: { update: { canary: 1 } } }, 'job.web.group.g.update.canary'],
    [{ job: { update: { healthy_deadline: '2m' } } }, 'job.web.update.healthy_deadline'],
    [{ job: { node_pool: 'gpu' } }, 'job.web.node_pool'],
    [{ task: { logs: { max_files: 3 } } }, 'job.web.group.g.task.t.logs.max_files'],
    [
      {
        group: { network: { port: { http: { static: 80, host_network: 'x' } } } },
        config: { ports: ['http'] },
      },
      'job.web.group.g.network.port.http.host_network',
    ],
    [
      { group: { constraint: { operator: 'distinct_hosts', value: 'true' } } },
      'job.web.group.g.constraint.operator',
    ],
    [
      { group: { constraint: { attribute: '${attr.cpu.arch}', value: 'amd64' } } },
      'job.web.group.g.constraint.attribute',
    ],
    [{ task: { template: { data: 'x', destination: 'y' } } }, 'job.web.group.g.task.t.template'],
    [{ task: { resources: { memory_max: 100 } } }, 'job.web.group.g.task.t.resources.memory_max'],
    [{ task: { env: { 'a b': 'x' } } }, 'job.web.group.g.task.t.env.a b'],
    [{ task: { kill_timeout: '2h' } }, 'job.web.group.g.task.t.kill_timeout'],
    [{ task: { service: { tags: ['a'] } } }, 'job.web.group.g.task.t.service.tags'],
    [{ config: { labels: { a: 'b' } } }, 'job.web.group.g.task.t.config.labels'],
    [{ config: { auth: { username: 'a' } } }, 'job.web.group.g.task.t.config.auth'],
    [{ config: { image: 'a b' } }, 'job.web.group.g.task.t'],
    [{ config: { args: ['${NOMAD_PORT_http}'] } }, 'job.web.group.g.task.t.config.args'],
  ];
  for (const [changes, path] of cases)
    t.ok(
      problems(read(changes)).some((each) => each.startsWith(`${path}: `)),
      `${path} in ${problems(read(changes)).join('; ')}`,
    );
});

void t.test('fields that change nothing here are told from those that would', async (t) => {
  const located = readJson(
    JSON.stringify({
      job: {
        web: {
          meta: { owner: 'ops' },
          all_at_once: true,
          ui: { description: 'x' },
          spread: { attribute: '${node.unique.id}' },
          update: { stagger: '40s', healthy_deadline: '2m' },
          group: {
            g: {
              affinity: { attribute: '${meta.rack}', value: 'r1' },
              migrate: { max_parallel: 2, health_check: 'task_states', min_healthy_time: '1s' },
              restart: { attempts: 2, render_templates: true },
              network: { mode: 'bridge', mbits: 10, port: { http: { to: 80 } } },
              shutdown_delay: '5s',
              service: {
                name: 'web',
                provider: 'nomad',
                tags: ['a'],
                port: 'http',
                check: { type: 'tcp', initial_status: 'passing' },
              },
              task: {
                t: {
                  driver: 'docker',
                  config: { image: 'nginx:1', ports: ['http'], labels: { a: 'b' }, logging: { type: 'x' } },
                  logs: { max_files: 3 },
                },
              },
            },
          },
        },
      },
    }),
  );
  if (located.kind !== 'object') throw new Error('no object');
  const { job, problems: found } = partOfNomad(located);
  t.same(job?.task_groups[0]?.tasks[0]?.ports, [{ container: 80, dynamic: true }]);
  t.same(
    found.filter(({ isHarmless }) => isHarmless !== true),
    [],
  );
  t.equal(found.length, 20, found.map(({ path }) => path).join(', '));
});

void t.test('what tasks would notice is not among the fields that change nothing', async (t) => {
  const two = { driver: 'docker', config: { image: 'a' } };
  for (const changes of [
    { group: { network: { mode: 'bridge' }, task: { a: two, b: two } } },
    { group: { service: { connect: { native: true } } } },
    { job: { datacenters: ['eu'] } },
    { task: { kill_signal: 'SIGINT' } },
    { task: { template: { data: 'x', destination: 'y' } } },
    { config: { privileged: true } },
  ]) {
    const reading = read(changes);
    t.ok(
      'problems' in reading && reading.problems.some(({ isHarmless }) => isHarmless !== true),
      JSON.stringify(changes),
    );
  }
});

void t.test('a port that is invalid, or that is not used by exactly one task, is refused', async (t) => {
  const network = { port: { http: { to: 80 } } };
  t.match(problems(read({ group: { network } })), [/port\.http: no task lists it/]);
  t.match(problems(read({ group: { network: { port: { http: {} } } }, config: { ports: ['http'] } })), [
    /port\.http: requires `to`/,
  ]);
  t.match(problems(read({ config: { ports: ['http'] } })), [/the group has no port "http"/]);
  t.match(
    problems(
      read({
        group: { network: { port: { http: { static: 65_536, to: 80 } } } },
        config: { ports: ['http'] },
      }),
    ),
    [/static: must be a port/],
  );
  const two = { driver: 'docker', config: { image: 'a', ports: ['http'] } };
  t.match(problems(read({ group: { network, task: { a: two, b: two } } })), [/port\.http: two tasks/]);
});

void t.test('a check of a group becomes a check of the task whose port it probes', async (t) => {
  const group = {
    network: { port: { db: { to: 5432 } } },
    service: { port: 'db', check: { type: 'tcp', interval: '10s', timeout: '2s' } },
    task: {
      web: { driver: 'docker', config: { image: 'a' } },
      db: { driver: 'docker', config: { image: 'b', ports: ['db'] } },
    },
  };
  const [web, db] = jobIn(read({ group })).task_groups[0]?.tasks ?? [];
  t.equal(web?.checks, undefined);
  t.match(db?.checks, [{ type: 'tcp', port: 5432 }]);
  t.match(problems(read({ group: { ...group, service: { port: 'x', check: { type: 'tcp' } } } })), [
    /the group has no port "x"/,
  ]);
  t.match(problems(read({ group: { ...group, service: { check: { type: 'script', command: 'x' } } } })), [
    /must name a task/,
  ]);
});

void t.test('every problem is reported in the order of the text, with line and column', async (t) => {
  const text =
    '{"job": {"web": {\n  "meta": {"a": "b"},\n  "group": {"g": {\n    "count": "two",\n    "task": {"t": {"driver": "qemu",\n      "config": {}}}}}}}}';
  const reading = readText(text);
  t.strictSame(
    'problems' in reading && reading.problems.map(({ path, place }) => [path, place.line, place.column]),
    [
      ['job.web.meta', 2, 3],
      ['job.web.group.g.count', 4, 14],
      ['job.web.group.g.task.t.driver', 5, 20],
    ],
  );
});

void t.test('a job file must contain exactly one job', async (t) => {
  t.match(problems(readText('{}')), [/the file contains no job/]);
  t.match(problems(readText('{"variable": {"x": {}}}')), [/variable: is not supported/]);
  t.match(
    problems(
      readText(
        '{"job": {"a": {"group": {"g": {"task": {"t": {"driver": "docker", "config": {"image": "x"}}}}}}, "b": {}}}',
      ),
    ),
    [/job\.b: a file can contain only one job/],
  );
  t.match(problems(readText('{"job": {"a b": {}}}')), [/job\.a b: /, /needs a group/]);
});
