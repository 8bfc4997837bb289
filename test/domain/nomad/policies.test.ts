import t from 'tap';
import { jobOfNomad, type NomadJobOptions } from '#domain/nomad/index.js';
import { readJson } from '#src/features/job-files/json-places.js';

type Fields = Readonly<Record<string, unknown>>;

const NOMADS: NomadJobOptions = { defaults: true };
const UNLIMITED = { delay: 30, delay_function: 'exponential', max_delay: 3600 };
const USUAL = { attempts: 2, interval: 1800, delay: 15, mode: 'fail' };

function read(file: Fields, taken?: NomadJobOptions) {
  const located = readJson(JSON.stringify(file));
  if (located.kind !== 'object') throw new Error('no object');
  const reading = jobOfNomad(located, taken);
  if (!('job' in reading))
    throw new Error(reading.problems.map(({ path, problem }) => `${path}: ${problem}`).join('\n'));
  const [group] = reading.job.task_groups;
  return { restart: group?.restart, reschedule: group?.reschedule, update: group?.update };
}

function job({
  job: ofJob,
  group,
  task,
}: {
  readonly job?: Fields;
  readonly group?: Fields;
  readonly task?: Fields;
}): Fields {
  const only = { driver: 'exec', config: { command: '/bin/false' }, ...task };
  return { job: { a: { ...ofJob, group: { g: { task: { t: only }, ...group } } } } };
}

void t.test('omitted policies get the defaults of Nomad if the option is set', async (t) => {
  const service = {
    restart: USUAL,
    reschedule: UNLIMITED,
    update: { max_parallel: 1, min_healthy_seconds: 10, progress_deadline_seconds: 600 },
  };
  t.strictSame(read(job({}), NOMADS), service, 'a job without a type is a service');
  t.strictSame(read(job({ job: { type: 'service' } }), NOMADS), service);
  t.strictSame(read(job({ job: { type: 'batch' } }), NOMADS), {
    restart: { attempts: 3, interval: 86_400, delay: 15, mode: 'fail' },
    reschedule: { attempts: 1, interval: 86_400, delay: 5, delay_function: 'constant' },
    update: undefined,
  });
  t.strictSame(
    read(job({})),
    { restart: undefined, reschedule: undefined, update: undefined },
    'no defaults apply without the option',
  );
});

void t.test('omitted fields of a policy block get the defaults of Nomad', async (t) => {
  t.strictSame(read(job({ group: { restart: { attempts: 5 } } })).restart, { ...USUAL, attempts: 5 });
  t.strictSame(
    read(job({ group: { restart: { interval: '5m', delay: '1s', mode: 'delay', render_templates: false } } }))
      .restart,
    {
      attempts: 2,
      interval: 300,
      delay: 1,
      mode: 'delay',
    },
  );
  t.strictSame(read(job({ group: { reschedule: { max_delay: '10m' } } })).reschedule, {
    ...UNLIMITED,
    max_delay: 600,
  });
  t.strictSame(
    read(job({ group: { reschedule: { attempts: 3, interval: '1h', unlimited: false } } })).reschedule,
    {
      attempts: 3,
      interval: 3600,
      ...UNLIMITED,
    },
  );
  t.strictSame(
    read(job({ group: { reschedule: { attempts: 0, unlimited: false } } })).reschedule?.attempts,
    0,
    'zero attempts turn rescheduling off',
  );
  t.strictSame(read(job({ job: { type: 'batch' }, group: { reschedule: { delay: '1m' } } })).reschedule, {
    attempts: 1,
    interval: 86_400,
    delay: 60,
    delay_function: 'constant',
  });
});

void t.test(
  'a group without its own reschedule inherits the job’s, and a task’s restart overrides its group’s',
  async (t) => {
    const ofJob = { reschedule: { delay: '7s' } };
    t.equal(read(job({ job: ofJob })).reschedule?.delay, 7);
    t.equal(read(job({ job: ofJob, group: { reschedule: { delay: '8s' } } })).reschedule?.delay, 8);
    t.equal(
      read(job({ group: { restart: { attempts: 1 } }, task: { restart: { attempts: 9 } } })).restart
        ?.attempts,
      9,
    );
    const tasks = (attempts: number) => ({
      one: { driver: 'exec', config: { command: 'a' }, restart: { attempts } },
      other: { driver: 'exec', config: { command: 'b' } },
    });
    t.equal(
      read(job({ group: { restart: { attempts: 4 }, task: tasks(4) } })).restart?.attempts,
      4,
      'one of several tasks may repeat the restart of its group',
    );
    t.throws(
      () => read(job({ group: { restart: { attempts: 4 }, task: tasks(5) } })),
      /task\.one\.restart: must be the same as in the group block/,
    );
  },
);

void t.test('blocks that only repeat the defaults are accepted', async (t) => {
  const group = {
    update: {
      stagger: '30s',
      health_check: 'checks',
      healthy_deadline: '5m',
      canary: 0,
      auto_promote: false,
      max_parallel: 2,
    },
    migrate: { max_parallel: 1, health_check: 'checks', min_healthy_time: '10s', healthy_deadline: '5m' },
  };
  t.strictSame(
    read(job({ job: { node_pool: 'default' }, group, task: { logs: { max_files: 10, max_file_size: 10 } } }))
      .update,
    { max_parallel: 2 },
  );
});

void t.test('the output of nomad job inspect for an ordinary job is accepted', async (t) => {
  const restart = {
    Attempts: 2,
    Delay: 15_000_000_000,
    Interval: 1_800_000_000_000,
    Mode: 'fail',
    RenderTemplates: false,
  };
  const reschedule = {
    Attempts: 0,
    Delay: 30_000_000_000,
    DelayFunction: 'exponential',
    Interval: 0,
    MaxDelay: 3_600_000_000_000,
    Unlimited: true,
  };
  const update = {
    Stagger: 30_000_000_000,
    MaxParallel: 1,
    HealthCheck: 'checks',
    MinHealthyTime: 10_000_000_000,
    HealthyDeadline: 300_000_000_000,
    ProgressDeadline: 600_000_000_000,
    AutoRevert: false,
    AutoPromote: false,
    Canary: 0,
  };
  const migrate = {
    MaxParallel: 1,
    HealthCheck: 'checks',
    MinHealthyTime: 10_000_000_000,
    HealthyDeadline: 300_000_000_000,
  };
  const task = {
    Name: 't',
    Driver: 'exec',
    Config: { command: '/bin/sleep', args: ['1000'] },
    LogConfig: { MaxFiles: 10, MaxFileSizeMB: 10, Disabled: false },
    RestartPolicy: restart,
  };
  const inspected = (changes: Fields, type = 'service') => {
    const group = {
      Name: 'g',
      Count: 1,
      RestartPolicy: restart,
      ReschedulePolicy: reschedule,
      Update: update,
      Migrate: migrate,
      Tasks: [task],
      ...changes,
    };
    return read(
      {
        Job: { ID: 'w', Name: 'w', Type: type, NodePool: 'default', Datacenters: ['*'], TaskGroups: [group] },
      },
      NOMADS,
    );
  };
  t.strictSame(inspected({}), {
    restart: USUAL,
    reschedule: UNLIMITED,
    update: { max_parallel: 1, min_healthy_seconds: 10, progress_deadline_seconds: 600 },
  });
  t.strictSame(
    inspected({
      ReschedulePolicy: { ...reschedule, Attempts: 3, Interval: 60_000_000_000, Unlimited: false },
    }).reschedule,
    {
      attempts: 3,
      interval: 60,
      ...UNLIMITED,
    },
  );
  t.equal(
    inspected({ ReschedulePolicy: { ...reschedule, Unlimited: false } }).reschedule?.attempts,
    0,
    'explicit false and 0 are not replaced by defaults',
  );
});
