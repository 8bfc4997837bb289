import t from 'tap';
import { containerRequest } from '#agents/drivers/docker/container-request.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { taskOf, type ContractTask } from '#domain/protocol/index.js';

function spec(sent: Partial<ContractTask>, change: Partial<TaskSpec> = {}): TaskSpec<DockerConfig> {
  const { config, ...task } = taskOf({ name: 't', config: { image: 'web' }, ...sent });
  return {
    nodeId: 'n',
    epoch: 2,
    allocationId: 'a',
    jobId: 'j',
    group: 'g',
    gpuDevices: [],
    directory: '/nowhere',
    task,
    ...change,
    config: config as DockerConfig,
  };
}

void t.test(
  'publishes to the configured container port, else the only exposed one, else the same port number',
  async (t) => {
    const bound = (config: object, exposed: string[]) =>
      Object.keys(
        containerRequest(spec({ config: { image: 'web', ...config } }), exposed, '127.0.0.1').HostConfig
          ?.PortBindings ?? {},
      );
    t.same(bound({ port: 8080 }, []), ['8080/tcp']);
    t.same(bound({ port: 8080 }, ['80/tcp']), ['80/tcp']);
    t.same(bound({ port: 8080 }, ['80/tcp', '53/udp']), ['80/tcp']);
    t.same(bound({ port: 8080 }, ['80/tcp', '443/tcp']), ['8080/tcp']);
    t.same(bound({ port: 8080 }, ['53/udp']), ['8080/tcp']);
    t.same(bound({ port: 8080, container_port: 9 }, ['80/tcp']), ['9/tcp']);
    t.same(bound({}, ['80/tcp']), []);
  },
);

void t.test('requests GPUs by index, and none if the task has no GPUs', async (t) => {
  t.same(containerRequest(spec({}, { gpuDevices: [0, 3] }), [], '127.0.0.1').HostConfig?.DeviceRequests, [
    { Driver: '', DeviceIDs: ['0', '3'], Capabilities: [['gpu']] },
  ]);
  t.equal(containerRequest(spec({}), [], '127.0.0.1').HostConfig?.DeviceRequests, undefined);
});

void t.test('allocates a terminal or keeps standard input open only on request', async (t) => {
  const given = (task: Partial<ContractTask>): unknown[] => [
    containerRequest(spec(task), [], '127.0.0.1').Tty,
    containerRequest(spec(task), [], '127.0.0.1').OpenStdin,
  ];
  t.same(
    [given({}), given({ tty: true }), given({ open_stdin: true })],
    [
      [false, false],
      [true, false],
      [false, true],
    ],
  );
});

void t.test("sets NVIDIA_VISIBLE_DEVICES to the task's own GPUs, whatever the task requests", async (t) => {
  const seen = (gpuDevices: number[]) =>
    containerRequest(
      spec({ env: { NVIDIA_VISIBLE_DEVICES: 'all' } }, { gpuDevices }),
      [],
      '127.0.0.1',
    ).Env?.filter((each) => each.startsWith('NVIDIA_'));
  t.same(seen([]), ['NVIDIA_VISIBLE_DEVICES=void']);
  t.same(seen([0, 3]), ['NVIDIA_VISIBLE_DEVICES=0,3']);
  const named = containerRequest(
    spec({}, { gpuDevices: [0, 3], gpuNames: ['GPU-a', 'GPU-d'] }),
    [],
    '127.0.0.1',
  );
  t.same(
    named.HostConfig?.DeviceRequests?.[0]?.DeviceIDs,
    ['GPU-a', 'GPU-d'],
    'GPUs with known ids are requested by id',
  );
  for (const variable of [
    'NVIDIA_VISIBLE_DEVICES=GPU-a,GPU-d',
    'MUSTER_GPU_UUIDS=GPU-a,GPU-d',
    'MUSTER_GPUS=0,3',
  ])
    t.ok(named.Env?.includes(variable), variable);
});

void t.test('exposes nothing of the host, and sets only limits that were requested', async (t) => {
  const { HostConfig, Cmd, User, WorkingDir } = containerRequest(spec({}), [], '127.0.0.1');
  for (const key of [
    'Binds',
    'Mounts',
    'NetworkMode',
    'PidMode',
    'IpcMode',
    'UTSMode',
    'CapAdd',
    'Devices',
    'Memory',
    'NanoCpus',
    'PortBindings',
  ] as const)
    t.equal(HostConfig?.[key], undefined, key);
  t.match(HostConfig, {
    Privileged: false,
    SecurityOpt: ['no-new-privileges'],
    RestartPolicy: { Name: 'no' },
  });
  t.same([Cmd, User, WorkingDir], [undefined, undefined, undefined], "the image's own values apply");
  t.same(
    containerRequest(spec({ args: ['-x'] }), [], '127.0.0.1').Cmd,
    ['-x'],
    'arguments are passed to the entrypoint',
  );
  t.equal(
    containerRequest(spec({ resources: { cpu: 0, memory: 1 } }), [], '127.0.0.1').HostConfig?.Memory,
    6_291_456,
    "memory is raised to Docker's minimum",
  );
});

void t.test(
  'publishes configured and assigned ports, and passes the assigned ones in the environment',
  async (t) => {
    const assignedPorts = [
      { container: 80, host: 20_001 },
      { container: 9000, host: 20_002 },
    ];
    const asked = { config: { image: 'web', port: 8080 }, ports: [{ container: 80, dynamic: true }] };
    const { HostConfig, ExposedPorts, Env } = containerRequest(
      spec(asked, { assignedPorts }),
      ['80/tcp'],
      '127.0.0.1',
    );
    t.strictSame(HostConfig?.PortBindings, {
      '80/tcp': [
        { HostIp: '127.0.0.1', HostPort: '8080' },
        { HostIp: '127.0.0.1', HostPort: '20001' },
      ],
      '9000/tcp': [{ HostIp: '127.0.0.1', HostPort: '20002' }],
    });
    t.strictSame(Object.keys(ExposedPorts ?? {}).sort(), ['80/tcp', '9000/tcp']);
    t.ok(
      ['MUSTER_PORT=80', 'MUSTER_HOST_PORT=8080', 'MUSTER_PORT_80=20001', 'MUSTER_PORT_9000=20002'].every(
        (each) => Env?.includes(each),
      ),
    );
  },
);

void t.test(
  "mounts the task's named volumes with Muster's prefix, and nothing without volumes",
  async (t) => {
    const volumes = [
      { name: 'orders', path: '/data' },
      { name: 'shared', path: '/shared', read_only: true },
    ];
    const { HostConfig } = containerRequest(spec({ volumes }), [], '127.0.0.1');
    t.strictSame(HostConfig?.Mounts, [
      { Type: 'volume', Source: 'muster.orders', Target: '/data', ReadOnly: false },
      { Type: 'volume', Source: 'muster.shared', Target: '/shared', ReadOnly: true },
    ]);
    t.strictSame(
      [HostConfig?.Binds, containerRequest(spec({}), [], '127.0.0.1').HostConfig?.Mounts],
      [undefined, undefined],
    );
  },
);

void t.test('sets the size of /dev/shm only if the task does', async (t) => {
  const size = (task: Partial<ContractTask>) =>
    containerRequest(spec(task), [], '127.0.0.1').HostConfig?.ShmSize;
  t.same([size({ shm_size: 1024 }), size({})], [1024 * 1_048_576, undefined]);
});
