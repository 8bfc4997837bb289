import t from 'tap';
import { jobOfNomad, type NomadJobOptions } from '#domain/nomad/index.js';
import { readJson } from '#src/features/job-files/json-places.js';

/**
 * The values are those of `Job.Canonicalize`, run with the same jobs, of the Go module github.com/hashicorp/nomad/api
 * v0.0.0-20261016150620-df630b26e78a (2026-10-16).
 */
type Fields = Readonly<Record<string, unknown>>;

const SECOND = 1_000_000_000;
const CHECK = { type: 'http', path: '/', interval: '30s', timeout: '2s' };
const MAPPED_CHECK = { type: 'http', path: '/', port: 80, interval_seconds: 30, timeout_seconds: 2 };

function reading(file: Fields, options: NomadJobOptions = { defaults: true }) {
  const located = readJson(JSON.stringify(file));
  if (located.kind !== 'object') throw new Error('no object');
  return jobOfNomad(located, options);
}

function groupOf(file: Fields, options?: NomadJobOptions) {
  const read = reading(file, options);
  if (!('job' in read))
    throw new Error(read.problems.map(({ path, problem }) => `${path}: ${problem}`).join('\n'));
  return read.job.task_groups[0]!;
}

function job({
  job: ofJob,
  group,
  task,
}: Readonly<Partial<Record<'job' | 'group' | 'task', Fields>>>): Fields {
  const only = { driver: 'docker', config: { image: 'nginx:1', ports: ['http'] }, ...task };
  const network = { port: { http: { to: 80 } } };
  return { job: { web: { ...ofJob, group: { g: { network, task: { t: only }, ...group } } } } };
}

/** A job in the format of Nomad's API. */
function inspected({ group, ...ofJob }: Readonly<Record<string, Fields>>): Fields {
  const task = { Name: 't', Driver: 'exec', Config: { command: '/bin/true' } };
  return { ID: 'web', TaskGroups: [{ Name: 'g', Tasks: [task], ...group }], ...ofJob };
}

const checksOf = (service: Fields, options?: NomadJobOptions) =>
  groupOf(job({ group: { service: { port: 'http', ...service } } }), options).tasks[0]?.checks;

void t.test('the restart of a task is merged over that of its group', async (t) => {
  const group = { restart: { attempts: 5, interval: '10m', delay: '3s', mode: 'delay' } };
  const merged = { attempts: 9, interval: 600, delay: 3, mode: 'delay' };
  t.strictSame(groupOf(job({ group, task: { restart: { attempts: 9 } } })).restart, merged);
  t.strictSame(groupOf(job({ group, task: { restart: { mode: 'fail' } } })).restart, {
    ...merged,
    attempts: 5,
    mode: 'fail',
  });
  const other = { driver: 'exec', config: { command: 'a' }, restart: { delay: '3s' } };
  t.equal(groupOf(job({ group: { ...group, task: { a: other, b: other }, network: {} } })).restart?.delay, 3);
  t.strictSame(
    groupOf(inspected({ group: { RestartPolicy: { Attempts: 5 } } })).restart,
    { attempts: 5, interval: 1800, delay: 15, mode: 'fail' },
    'a missing delay in the format of the API is not zero',
  );
});

void t.test('the update and reschedule of a group are merged over those of the job', async (t) => {
  const merged = groupOf(
    job({
      job: {
        update: { max_parallel: 3, auto_revert: true },
        reschedule: { attempts: 2, interval: '1h', unlimited: false },
      },
      group: { update: { min_healthy_time: '20s' }, reschedule: { delay: '5s' } },
    }),
  );
  t.strictSame(merged.update, {
    max_parallel: 3,
    min_healthy_seconds: 20,
    progress_deadline_seconds: 600,
    auto_revert: true,
  });
  t.strictSame(merged.reschedule, {
    attempts: 2,
    interval: 3600,
    delay: 5,
    delay_function: 'exponential',
    max_delay: 3600,
  });
  t.strictSame(
    groupOf(
      inspected({
        Update: { MaxParallel: 3, AutoRevert: true },
        Reschedule: { Attempts: 0, Unlimited: true },
        group: {
          Update: { MaxParallel: 2, MinHealthyTime: 0, AutoRevert: false },
          ReschedulePolicy: { Attempts: 2, Interval: 60 * SECOND, Unlimited: false },
        },
      }),
    ),
    {
      name: 'g',
      restart: { attempts: 2, interval: 1800, delay: 15, mode: 'fail' },
      reschedule: { attempts: 2, interval: 60, delay: 30, delay_function: 'exponential', max_delay: 3600 },
      update: {
        max_parallel: 2,
        min_healthy_seconds: 0,
        progress_deadline_seconds: 600,
        auto_revert: false,
      },
      tasks: [
        {
          name: 't',
          driver: 'exec',
          config: { command: '/bin/true', args: [] },
          resources: { memory: 300 },
        },
      ],
    },
    'false and 0 of a group in the format of the API replace values of the job',
  );
  t.match(
    reading(job({ job: { reschedule: { unlimited: true } }, group: { reschedule: { attempts: 2 } } })),
    {
      problems: [{ path: 'job.web.group.g.reschedule.attempts', problem: 'is not allowed with `unlimited`' }],
    },
  );
});

void t.test('a partial update waits 10 s for health and 10 minutes for progress', async (t) => {
  const partial = { max_parallel: 2, min_healthy_seconds: 10, progress_deadline_seconds: 600 };
  t.strictSame(groupOf(job({ group: { update: { max_parallel: 2 } } })).update, partial);
  t.strictSame(groupOf(job({ job: { update: { max_parallel: 2 } } })).update, partial);
  t.strictSame(groupOf(job({ job: { type: 'batch', update: { max_parallel: 2 } } })).update, partial);
  t.strictSame(groupOf(job({ group: { update: { min_healthy_time: '3s' } } })).update, {
    max_parallel: 1,
    min_healthy_seconds: 3,
    progress_deadline_seconds: 600,
  });
});

void t.test('a task without memory asks for 300 MiB', async (t) => {
  const resourcesOf = (resources: Fields | undefined, options?: NomadJobOptions) =>
    groupOf(job({ task: resources === undefined ? {} : { resources } }), options).tasks[0]?.resources;
  t.strictSame(resourcesOf(undefined), { memory: 300 });
  t.strictSame(resourcesOf({ cpu: 200 }), { cpu: 200, memory: 300 });
  t.strictSame(resourcesOf({ memory: 64 }), { memory: 64 });
  t.equal(resourcesOf(undefined, {}), undefined, 'a service has defaults of its own');
});

void t.test('a check without check_restart, or with the limit 0, restarts nothing', async (t) => {
  const never = [{ ...MAPPED_CHECK, failures: 0 }];
  t.strictSame(checksOf({ check: CHECK }), never);
  for (const check_restart of [{ limit: 0 }, {}, { ignore_warnings: false }])
    t.strictSame(checksOf({ check: { ...CHECK, check_restart } }), [{ ...never[0], grace_seconds: 1 }]);
  t.match(
    reading(
      job({
        task: { service: { port: 'http', check: { ...CHECK, check_restart: { ignore_warnings: true } } } },
      }),
    ),
    {
      problems: [{ path: 'job.web.group.g.task.t.service.check.check_restart.ignore_warnings' }],
    },
  );
});

void t.test('a check with check_restart has a grace of 1 s, and inherits that of its service', async (t) => {
  t.strictSame(checksOf({ check: { ...CHECK, check_restart: { limit: 3 } } }), [
    { ...MAPPED_CHECK, grace_seconds: 1, failures: 3 },
  ]);
  const check = [
    CHECK,
    { ...CHECK, check_restart: { grace: '20s' } },
    { ...CHECK, check_restart: { limit: 0 } },
    { ...CHECK, check_restart: { limit: 7 } },
  ];
  t.strictSame(
    checksOf({ check_restart: { limit: 4 }, check }),
    [
      { ...MAPPED_CHECK, grace_seconds: 1, failures: 4 },
      { ...MAPPED_CHECK, grace_seconds: 20, failures: 4 },
      { ...MAPPED_CHECK, grace_seconds: 1, failures: 4 },
      { ...MAPPED_CHECK, grace_seconds: 1, failures: 7 },
    ],
    'a limit of 0 does not replace that of the service',
  );
});

void t.test('values that Nomad fills into a service are accepted', async (t) => {
  const filled = {
    address_mode: 'auto',
    provider: 'consul',
    on_update: 'require_healthy',
    cluster: 'default',
  };
  t.strictSame(
    checksOf({ ...filled, check: { ...CHECK, on_update: 'require_healthy' } }),
    checksOf({ check: CHECK }),
  );
  for (const [name, value] of Object.entries({
    address_mode: 'host',
    provider: 'nomad',
    on_update: 'ignore',
    cluster: 'eu',
  })) {
    const service = { port: 'http', check: CHECK, [name]: value };
    t.match(
      reading(job({ group: { service } })),
      { problems: [{ path: `job.web.group.g.service.${name}` }] },
      name,
    );
  }
});

void t.test('the output of nomad job inspect for a job with a service equals its HCL', async (t) => {
  const checkRestart = { Limit: 3, Grace: SECOND, IgnoreWarnings: false };
  const check = {
    Name: '',
    Type: 'http',
    Path: '/',
    PortLabel: '',
    Interval: 30 * SECOND,
    Timeout: 2 * SECOND,
    Header: null,
    SuccessBeforePassing: 0,
    OnUpdate: 'require_healthy',
  };
  const service = {
    Name: 'web-g',
    PortLabel: 'http',
    EnableTagOverride: false,
    AddressMode: 'auto',
    CheckRestart: null,
    Connect: null,
    OnUpdate: 'require_healthy',
    Provider: 'consul',
    Cluster: 'default',
  };
  const network = { Mode: '', DynamicPorts: [{ Label: 'http', Value: 0, To: 80, HostNetwork: '' }] };
  const task = { Name: 't', Driver: 'docker', Config: { image: 'nginx:1', ports: ['http'] } };
  const printed = (restart: unknown) => {
    const Services = [{ ...service, Checks: [{ ...check, CheckRestart: restart }] }];
    return groupOf(inspected({ group: { Networks: [network], Tasks: [task], Services } }));
  };
  const written = (restart: Fields) => {
    const block = { name: 'web-g', port: 'http', check: { ...CHECK, ...restart } };
    return groupOf(job({ group: { service: block } }));
  };
  t.strictSame(printed(null), written({}));
  t.strictSame(printed(checkRestart), written({ check_restart: { limit: 3 } }));
});
