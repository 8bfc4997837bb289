import type { ContainerCreateOptions } from 'dockerode';
import t from 'tap';
import { FailedStarts } from '#agents/drivers/docker/failed-starts.js';
import { daemonMessage } from '#agents/drivers/docker/docker-error.js';
import { TaskRefusedError } from '#agents/drivers/driver.js';
import { DOCKER_FAULT, GPU_FAULT } from '#domain/drivers/start-fault.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { required } from '../../../fixtures/requirement.js';

t.setTimeout(60_000 * PATIENCE);

/** Docker from release 23 on, and runc from 1.1 on, say this before the reason. */
const RUNC =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
const INIT = `${RUNC}error during container init: `;
const MISMATCH =
  'failed to create task for container: OCI runtime create failed: error running hook #0: nvidia-container-cli: initialization error: nvml error: driver/library version mismatch: unknown';
const NO_RUNTIME = 'could not select device driver "" with capabilities: [[gpu]]';

void t.test('a start that failed because of the node is refused, so that it is placed again', async (t) => {
  const starts = new FailedStarts({ monotonic: () => 0 });
  for (const said of [
    MISMATCH,
    NO_RUNTIME,
    'unresolvable CDI devices nvidia.com/gpu=0',
    `${INIT}error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\nnvidia-container-cli: initialization error: nvml error: driver/library version mismatch: unknown`,
    `${RUNC}could not apply required modification to OCI specification: error modifying OCI spec: failed to inject CDI devices: unresolvable CDI devices nvidia.com/gpu=0: unknown`,
  ])
    t.ok(starts.refusal(said, true) instanceof TaskRefusedError, said);
  t.match(
    starts.refusal(NO_RUNTIME, true)?.message,
    'this node cannot give it GPUs: could not select device driver',
  );
  for (const said of [
    'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.6',
    'exec: "serve": executable file not found in $PATH',
    'no such image: app:1',
    `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${MISMATCH}": executable file not found in $PATH: unknown`,
    `${INIT}mkdir /sys/nvidia-container-cli: initialization error: read-only file system: unknown`,
    `${INIT}chdir to cwd ("/failed to initialize NVML") set in config.json failed: not a directory: unknown`,
    'nvidia-container-cli: mount error: file creation failed: /var/lib/docker/overlay2/6a/merged/usr/lib/libnvidia-ml.so.1: file exists: unknown',
  ])
    t.equal(starts.refusal(said, true), undefined, said);
});

void t.test('after three such starts in ten minutes, the GPUs take no work until one succeeds', async (t) => {
  let now = 0;
  const starts = new FailedStarts({ monotonic: () => now });
  const fault = (): unknown => starts.attributes()[GPU_FAULT];
  starts.refusal(MISMATCH, true);
  starts.refusal(MISMATCH, true);
  t.equal(fault(), undefined);
  starts.refusal(NO_RUNTIME, true);
  t.match(fault(), /^3 starts with GPUs failed within 10 minutes: could not select device driver/);
  starts.succeeded(true);
  t.equal(fault(), undefined);
  for (const at of [0, 400_000, 800_000]) {
    now = at;
    starts.refusal(MISMATCH, true);
  }
  t.equal(fault(), undefined, 'they are too far apart');
  now = 900_000;
  starts.refusal(MISMATCH, true);
  t.match(fault(), /version mismatch/);
  now = 1_100_000;
  starts.refusal(MISMATCH, true);
  now += 600_000;
  t.equal(fault(), undefined, 'after a while, it is tried again');
});

void t.test('what a daemon without NVIDIA’s runtime says is known', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:1');
  const container = await daemon.docker.createContainer({
    Image: 'busybox:1',
    Cmd: ['true'],
    HostConfig: { NetworkMode: 'none', DeviceRequests: [{ DeviceIDs: ['GPU-1'], Capabilities: [['gpu']] }] },
  });
  const failure: unknown = await container.start().catch((error: unknown) => error);
  const starts = new FailedStarts({ monotonic: () => 0 });
  t.ok(starts.refusal(daemonMessage(failure), true), daemonMessage(failure));
});

void t.test('a daemon’s own words for what a task chooses do not count', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:1');
  const starts = new FailedStarts({ monotonic: () => 0 });
  const mount = (Target: string) => ({
    HostConfig: { Mounts: [{ Type: 'volume', Source: 'muster.v', Target }] },
  });
  const chosen = {
    'a path of sysfs': { WorkingDir: '/sys/app' },
    'a path of proc': { WorkingDir: '/proc/no space left on device' },
    'a file': { WorkingDir: '/bin/busybox/transport is closing' },
    'a mount in sysfs': mount('/sys/x'),
    'a mount on a file': mount('/bin/busybox/failed to mount overlay'),
    'a program': { Cmd: ['cgroup mountpoint does not exist'] },
    'a user': { User: 'transport is closing' },
    'a group': { User: 'root:cgroup mountpoint does not exist' },
  };
  for (const [name, options] of Object.entries(chosen)) {
    const HostConfig = { NetworkMode: 'none', ...('HostConfig' in options && options.HostConfig) };
    const create = { Image: 'busybox:1', Cmd: ['true'], ...options, HostConfig } as ContainerCreateOptions;
    const failure: unknown = await daemon.docker
      .createContainer(create)
      .then(async (container) => {
        await container.start();
      })
      .catch((error: unknown) => error);
    t.not(failure, undefined, `${name} fails`);
    t.equal(starts.refusal(daemonMessage(failure), true), undefined, `${name}: ${daemonMessage(failure)}`);
  }
});

const NODE_FAULTS: Readonly<Record<string, string>> = {
  // The first seven as Docker 20.10 says them if its directories are full or read-only, or its runc or containerd does not work.
  'mkdir /var/lib/docker/containers/8f2a/checkpoints: no space left on device': 'no space left on the node',
  'mkdir /var/lib/docker/overlay2/8f2a-init/diff: no space left on device': 'no space left on the node',
  'mkdir /run/docker/containerd/ee18: no space left on device': 'no space left on the node',
  'mkdir /var/lib/docker/containers/8f2a: read-only file system':
    'the file system of the Docker daemon cannot be written',
  'failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open /run/x/log.json: no such file or directory): runc did not terminate successfully: exit status 1: unknown':
    'the container runtime fails',
  'failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open /run/x/log.json: no such file or directory): fork/exec /usr/bin/runc: exec format error: unknown':
    'the container runtime fails',
  'connection error: desc = "transport: Error while dialing dial unix /run/containerd/containerd.sock: connect: connection refused": unavailable':
    'containerd does not respond',
  'cgroups: cgroup mountpoint does not exist: unknown': 'the cgroups of the node cannot be used',
  'driver failed programming external connectivity on endpoint m (2b): (iptables failed: iptables --wait -t nat -A DOCKER: No chain/target/match by that name. (exit status 1))':
    'the daemon cannot set up networks',
  // As releases 23 to 28 say them, with containerd 1.7 or 2.
  'mkdir /var/lib/docker/rootfs/overlayfs/8f2a: no space left on device': 'no space left on the node',
  'failed to create task for container: failed to create shim task: mkdir /run/containerd/io.containerd.runtime.v2.task/moby/8f2a: no space left on device: unknown':
    'no space left on the node',
  'failed to create task for container: mkdir /var/lib/containerd/io.containerd.runtime.v2.task/moby/8f2a: read-only file system: unknown':
    'the file system of the Docker daemon cannot be written',
  'failed to create task for container: failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open /run/containerd/io.containerd.runtime.v2.task/moby/8f2a/log.json: no such file or directory): runc did not terminate successfully: exit status 127: unknown':
    'the container runtime fails',
  'failed to create task for container: failed to start shim: start failed: exit status 1: unknown':
    'the container runtime fails',
  'failed to create task for container: failed to start shim: start failed: fork/exec /usr/bin/containerd-shim-runc-v2: resource temporarily unavailable: unknown':
    'the container runtime fails',
  'failed to create task for container: failed to create shim task: failed to mount rootfs component: no such device: unknown':
    'the container runtime fails',
  'failed to create task for container: failed to create shim task: ttrpc: closed: unknown':
    'the container runtime fails',
  'failed to create task for container: failed to create shim task: cgroups: cgroup mountpoint does not exist: unknown':
    'the cgroups of the node cannot be used',
  [`${RUNC}unable to apply cgroup configuration: mkdir /sys/fs/cgroup/docker/8f2a: read-only file system: unknown`]:
    'the cgroups of the node cannot be used',
  [`${RUNC}unable to apply cgroup configuration: unable to start unit "docker-8f2a.scope" (properties [{Name:MemoryAccounting Value:true}]): Launch helper exited with unknown return code 1: unknown`]:
    'the cgroups of the node cannot be used',
  'connection error: desc = "transport: Error while dialing: dial unix:///run/containerd/containerd.sock: timeout": unavailable':
    'containerd does not respond',
  'failed to set up container networking: driver failed programming external connectivity on endpoint m (2b): Unable to enable DNAT rule:  (iptables failed: iptables --wait -t nat -A DOCKER: iptables: No chain/target/match by that name. (exit status 1))':
    'the daemon cannot set up networks',
};
const OWN_FAULTS: readonly string[] = [
  // Seen with words of a task in the place of a command, a working directory, a user and a mount.
  ...['no space left on device', 'containerd.sock', 'cgroup mountpoint does not exist'].flatMap((words) => [
    `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${words}": executable file not found in $PATH: unknown`,
    `lstat /var/lib/docker/overlay2/04/merged/bin/busybox/${words}: not a directory`,
    `unable to find user ${words}: no matching entries in passwd file`,
    `OCI runtime create failed: error during container init: error mounting "tmpfs" to rootfs at "/bin/sh/${words}": mkdir /var/lib/docker/overlay2/53/merged/bin/sh: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?`,
  ]),
  'failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open /run/x/log.json: no such file or directory): runc did not terminate successfully: exit status 137: unknown',
  'OCI runtime create failed: process_linux.go:508: applying cgroup configuration for process caused: unable to set memory limit to 6291456 (current usage: 7 MiB): unknown',
  'driver failed programming external connectivity on endpoint m (2b): Bind for 0.0.0.0:80 failed: port is already allocated',
  'no command specified',
  // As releases 23 to 28 say them.
  ...[
    'container init was OOM-killed (memory limit too low?)',
    'exec: "serve": executable file not found in $PATH',
    'exec: "/etc/passwd": permission denied',
    'exec /bin/app: exec format error',
    'exec: "/app": stat /app: no such file or directory',
    "can't get final child's PID from pipe: EOF",
    'unable to apply cgroup configuration: unable to set memory limit to 6291456 (current usage: 7 MiB)',
    'unable to apply cgroup configuration: failed to write "6291456": write /sys/fs/cgroup/memory/docker/8f2a/memory.limit_in_bytes: device or resource busy',
    'fork/exec /proc/self/fd/6: resource temporarily unavailable',
    'error during container init: mkdir /proc/app: operation not permitted',
    'error during container init: mkdir /sys/app: read-only file system',
    'error during container init: mkdir /sys/cgroup mountpoint does not exist: read-only file system',
    'error during container init: chdir to cwd ("/root") set in config.json failed: permission denied',
    'error during container init: error mounting "/var/lib/docker/volumes/muster.v/_data" to rootfs at "/sys/x": create mountpoint for /sys/x mount: mkdirat /var/lib/docker/rootfs/overlayfs/8f2a/sys/x: read-only file system',
    'error during container init: error mounting "/var/lib/docker/volumes/muster.v/_data" to rootfs at "/sys/x": create mount destination for /sys/x mount: make mountpoint "/sys/x": mkdirat /var/lib/docker/overlay2/8f2a/merged/sys/x: read-only file system',
    'error during container init: error mounting "shm" to rootfs at "/dev/shm": mount shm:/dev/shm (via /proc/self/fd/8), flags: 0xe, data: mode=1777,size=67108864: no space left on device',
  ].map((reason) => `${RUNC}${reason}: unknown`),
  'failed to create task for container: failed to create shim task: cgroups: cgroup deleted: unknown',
  'failed to create shim task: OCI runtime create failed: container_linux.go:380: starting container process caused: process_linux.go:545: container init caused: mkdir /sys/app: read-only file system: unknown',
  'unable to find group cgroup mountpoint does not exist: no matching entries in group file',
  // A long word is cut off before its quote ends, and a path may have words too.
  `${RUNC}exec: "serve: no space left on device`,
  'OCI runtime create failed: exec: "transport is closing',
  ...[
    'rootfs/overlayfs/8f2a',
    'vfs/dir/8f2a',
    'btrfs/subvolumes/8f2a',
    'zfs/graph/8f2a',
    'volumes/muster.v/_data',
    'any/8f2a',
  ].flatMap((root) =>
    ['cgroup mountpoint does not exist', 'transport is closing', 'failed to mount overlay'].map(
      (words) => `mkdir /var/lib/docker/${root}/bin/busybox/${words}: not a directory`,
    ),
  ),
  ...[
    'rootfs/overlayfs/8f2a',
    'vfs/dir/8f2a',
    'btrfs/subvolumes/8f2a',
    'zfs/graph/8f2a',
    'volumes/muster.v/_data',
  ].map((root) => `mkdir /var/lib/docker/${root}/proc/app: read-only file system`),
];

void t.test('a container that the node cannot start is refused for a reason without paths', async (t) => {
  for (const [said, fault] of Object.entries(NODE_FAULTS))
    for (const hasGpus of [false, true]) {
      const starts = new FailedStarts({ monotonic: () => 0 });
      const refusals = [1, 2, 3].map(() => starts.refusal(said, hasGpus)?.message);
      t.same(new Set(refusals), new Set([`this node cannot start containers: ${fault}`]), said);
      t.same(starts.attributes(), { [DOCKER_FAULT]: `3 starts failed within 10 minutes: ${fault}` });
      starts.succeeded(false);
      t.same(starts.attributes(), {});
    }
});

void t.test('what a task or an image causes does not count, whatever words it has', async (t) => {
  const starts = new FailedStarts({ monotonic: () => 0 });
  for (const said of OWN_FAULTS)
    for (const hasGpus of [false, true]) t.equal(starts.refusal(said, hasGpus), undefined, said);
  for (let count = 0; count < 3; count += 1) starts.refusal(MISMATCH, false);
  t.same(starts.attributes(), {}, 'containers without GPUs say nothing about GPUs');
  for (let count = 0; count < 3; count += 1) starts.refusal(MISMATCH, true);
  starts.succeeded(false);
  t.ok(starts.attributes()[GPU_FAULT], 'other containers can start');
});
