import t from 'tap';
import { jobOfNomad } from '#domain/nomad/index.js';
import { readJson } from '#src/features/job-files/json-places.js';

/** `nomad job inspect` prints every field. */
const INSPECTED = {
  Job: {
    ID: 'web',
    Name: 'web',
    Type: 'service',
    Region: 'global',
    Namespace: 'default',
    Datacenters: ['*'],
    Priority: 50,
    AllAtOnce: false,
    Constraints: null,
    Affinities: null,
    Meta: null,
    Periodic: null,
    ParameterizedJob: null,
    Status: 'running',
    StatusDescription: '',
    Stable: true,
    Version: 3,
    SubmitTime: 1_700_000_000_000_000_000,
    CreateIndex: 10,
    ModifyIndex: 12,
    JobModifyIndex: 11,
    TaskGroups: [
      {
        Name: 'g',
        Count: 2,
        Constraints: [{ LTarget: '${attr.kernel.name}', RTarget: 'linux', Operand: '=' }],
        RestartPolicy: { Attempts: 2, Interval: 0, Delay: 15_000_000_000, Mode: 'fail' },
        EphemeralDisk: { SizeMB: 300, Sticky: false, Migrate: false },
        Networks: [
          {
            Mode: '',
            DynamicPorts: [{ Label: 'http', Value: 0, To: 80, HostNetwork: 'default' }],
            ReservedPorts: [{ Label: 'admin', Value: 9000, To: 0, HostNetwork: 'default' }],
          },
        ],
        Tasks: [
          {
            Name: 't',
            Driver: 'docker',
            User: '',
            Config: { image: 'nginx:1', ports: ['http', 'admin'] },
            Env: { A: 'x' },
            Resources: { CPU: 100, MemoryMB: 64, DiskMB: 0, MemoryMaxMB: 0, Networks: null, Devices: null },
            KillTimeout: 5_000_000_000,
            Templates: null,
            Services: [
              {
                Name: 'site',
                PortLabel: 'http',
                Provider: '',
                Tags: null,
                Checks: [
                  {
                    Name: 'up',
                    Type: 'http',
                    Path: '/',
                    PortLabel: '',
                    Interval: 10_000_000_000,
                    Timeout: 2_000_000_000,
                    CheckRestart: { Limit: 3, Grace: 1_000_000_000, IgnoreWarnings: false },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
};

function read(job: unknown) {
  const located = readJson(JSON.stringify(job, null, 1));
  if (located.kind !== 'object') throw new Error('no object');
  return jobOfNomad(located);
}

void t.test('a job in the format of Nomad’s API is read like a job file', async (t) => {
  t.strictSame(read(INSPECTED), {
    job: {
      job_id: 'web',
      priority: 50,
      task_groups: [
        {
          name: 'g',
          count: 2,
          restart: { attempts: 2, interval: 1800, delay: 15, mode: 'fail' },
          constraints: [{ attribute: 'kernel.name', operator: '=', value: 'linux' }],
          tasks: [
            {
              name: 't',
              driver: 'docker',
              config: { image: 'nginx:1' },
              env: { A: 'x' },
              resources: { cpu: 100, memory: 64, disk: 300 },
              kill_timeout: 5,
              ports: [
                { container: 80, dynamic: true },
                { host: 9000, container: 9000 },
              ],
              checks: [
                {
                  type: 'http',
                  name: 'up',
                  port: 80,
                  path: '/',
                  interval_seconds: 10,
                  timeout_seconds: 2,
                  grace_seconds: 1,
                  failures: 3,
                },
              ],
            },
          ],
        },
      ],
    },
  });
  t.strictSame(read(INSPECTED.Job), read(INSPECTED), 'the outer "Job" object is optional');
});

void t.test('fields of the API format without a counterpart are refused, with their path', async (t) => {
  const [group] = INSPECTED.Job.TaskGroups;
  const reading = read({
    Job: {
      ...INSPECTED.Job,
      Meta: { a: 'b' },
      TaskGroups: [
        {
          ...group,
          Tasks: [{ ...group!.Tasks[0], Config: { image: 'x', privileged: true, ports: ['http', 'admin'] } }],
        },
      ],
    },
  });
  t.match('problems' in reading && reading.problems.map(({ path, place }) => [path, place.line > 1]), [
    ['job.web.meta', true],
    ['job.web.group.g.task.t.config.privileged', true],
  ]);
});
