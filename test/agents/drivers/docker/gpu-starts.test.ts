import t from 'tap';
import { GpuStarts } from '#agents/drivers/docker/gpu-starts.js';
import { daemonMessage } from '#agents/drivers/docker/docker-error.js';
import { TaskRefusedError } from '#agents/drivers/driver.js';
import { GPU_FAULT } from '#domain/kernel/resources.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { required } from '../../../fixtures/requirement.js';

t.setTimeout(60_000 * PATIENCE);

const MISMATCH =
  'failed to create task for container: OCI runtime create failed: error running hook #0: nvidia-container-cli: initialization error: nvml error: driver/library version mismatch: unknown';
const NO_RUNTIME = 'could not select device driver "" with capabilities: [[gpu]]';

void t.test('a start that failed because of the node is refused, so that it is placed again', async (t) => {
  const starts = new GpuStarts({ monotonic: () => 0 });
  for (const said of [MISMATCH, NO_RUNTIME, 'unresolvable CDI devices nvidia.com/gpu=0'])
    t.ok(starts.refusal(said) instanceof TaskRefusedError, said);
  t.match(
    starts.refusal(NO_RUNTIME)?.message,
    'this node cannot give it GPUs: could not select device driver',
  );
  for (const said of [
    'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.6',
    'exec: "serve": executable file not found in $PATH',
    'no such image: app:1',
  ])
    t.equal(starts.refusal(said), undefined, said);
});

void t.test('after three such starts in ten minutes, the GPUs take no work until one succeeds', async (t) => {
  let now = 0;
  const starts = new GpuStarts({ monotonic: () => now });
  const fault = (): unknown => starts.attributes()[GPU_FAULT];
  starts.refusal(MISMATCH);
  starts.refusal(MISMATCH);
  t.equal(fault(), undefined);
  starts.refusal(NO_RUNTIME);
  t.match(fault(), /^3 starts with GPUs failed within 10 minutes: could not select device driver/);
  starts.succeeded();
  t.equal(fault(), undefined);
  for (const at of [0, 400_000, 800_000]) {
    now = at;
    starts.refusal(MISMATCH);
  }
  t.equal(fault(), undefined, 'they are too far apart');
  now = 900_000;
  starts.refusal(MISMATCH);
  t.match(fault(), /version mismatch/);
  now = 1_100_000;
  starts.refusal(MISMATCH);
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
  const starts = new GpuStarts({ monotonic: () => 0 });
  t.ok(starts.refusal(daemonMessage(failure)), daemonMessage(failure));
});
