import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { GpuReader, parseGpus, SILENT_MS, wholeDevices } from '#agents/fingerprint/gpus.js';
import { fakeNvidiaSmi, FOUR_GPUS, printing } from '../../fixtures/fake-nvidia-smi.js';
import { ownFolder } from '../../fixtures/folder.js';

/** Puts an `nvidia-smi` first on the PATH. */
function machine(t: Test, script: string): string {
  const folder = ownFolder(t);
  const before = process.env.PATH ?? '';
  process.env.PATH = `${fakeNvidiaSmi(folder, script)}:${before}`;
  t.teardown(() => (process.env.PATH = before));
  return folder;
}

void t.test('lists devices in the order of their indexes', async (t) => {
  machine(t, printing(...[...FOUR_GPUS].reverse()));
  const { gpus, problem } = await new GpuReader(systemClock).read(10_000);
  t.equal(problem, undefined);
  t.same(
    gpus.map((gpu) => gpu.index),
    [0, 1, 2, 3],
  );
  t.same(gpus[1], {
    index: 1,
    uuid: 'GPU-00000001',
    name: 'NVIDIA H100 80GB HBM3',
    driver_version: '550.54.15',
    memory_total_mb: 81_559,
    memory_used_mb: 512,
    utilization_percent: 10,
    temperature_celsius: 41,
    power_watts: 70.51,
    mig: false,
  });
  t.equal(wholeDevices(gpus), 4);
});

void t.test('reads missing values as null, and commas in names', async (t) => {
  const { gpus, problem } = parseGpus(
    '0, GPU-a, 580.1, [N/A], [N/A], [Not Supported], 41, [N/A], [N/A], NVIDIA GB10, rev 2\n',
  );
  t.equal(problem, undefined);
  t.match(gpus, [
    {
      name: 'NVIDIA GB10, rev 2',
      memory_total_mb: null,
      memory_used_mb: null,
      utilization_percent: null,
      temperature_celsius: 41,
      power_watts: null,
      mig: false,
    },
  ]);
  t.equal(gpus[0]?.fault, undefined, 'a card with shared memory is well');
  t.equal(wholeDevices(gpus), 1);
});

void t.test(
  'a card has a fault if its memory is an error, a text is none of a sensor, or it has no figure',
  async (t) => {
    const card = (...figures: readonly string[]) =>
      parseGpus(`0, GPU-a, 570.86.15, ${figures.join(', ')}, Disabled, NVIDIA H100\n`);
    const well = ['20475', '1', '93', '68', '70.10'];
    t.match(card(...well), { problem: undefined, gpus: [{ index: 0 }] });
    for (let at = 0; at < well.length; at += 1) {
      const none = card(...well.with(at, '[N/A]'));
      t.same([none.problem, none.gpus[0]?.fault], [undefined, undefined]);
      for (const text of [
        'ERR!',
        '[GPU requires reset]',
        '[Unknown Error]',
        'no answer',
        '[GPU is in recovery]',
      ]) {
        const { gpus, problem } = card(...well.with(at, text));
        t.match(problem, text);
        if (gpus.length === 0) continue;
        const isOfSensor = at >= 2 && ['ERR!', '[Unknown Error]'].includes(text);
        const { fault, unread } = gpus[0] ?? {};
        const said = `nvidia-smi reports ${text}`;
        t.same([fault, unread], isOfSensor ? [undefined, said] : [said, undefined], `${at}: ${text}`);
        t.equal(wholeDevices(gpus), isOfSensor ? 1 : 0);
      }
    }
    t.equal(
      card('[N/A]', '[N/A]', 'ERR!', '[N/A]', '[N/A]').gpus[0]?.fault,
      'nvidia-smi reports no figure of it',
    );
    for (const none of ['[N/A]', '[Not Supported]', ''])
      t.equal(card(none, none, none, none, none).gpus[0]?.fault, 'nvidia-smi reports no figure of it');
  },
);

void t.test('cards of which nothing is known for minutes have a fault', async (t) => {
  const folder = machine(t, printing(...FOUR_GPUS));
  let now = 0;
  const reader = new GpuReader({ ...systemClock, monotonic: () => now } as typeof systemClock);
  const faults = async () => (await reader.devices(10_000)).map(({ fault }) => fault);
  const none = FOUR_GPUS.map(() => undefined);
  t.same(await faults(), none);
  fakeNvidiaSmi(folder, 'echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18');
  t.same(await faults(), none, 'a driver that is slow or updated does not take the cards away');
  now += SILENT_MS - 1;
  t.same(await faults(), none);
  now += 1;
  const fault =
    /^unknown for more than 2 minutes: nvidia-smi failed \(18\): Failed to initialize NVML: Driver.library version/;
  t.match(
    await faults(),
    FOUR_GPUS.map(() => fault),
  );
  fakeNvidiaSmi(folder, 'exit 9');
  t.match(
    await faults(),
    FOUR_GPUS.map(() => /version mismatch/),
    'the first problem stays the reason',
  );
  fakeNvidiaSmi(folder, printing(...FOUR_GPUS));
  t.same(await faults(), none, 'they are well as soon as they are listed');
});

void t.test('counts undivided devices up to the first divided or missing one', async (t) => {
  const line = (index: number, mig: string) =>
    `${index}, GPU-${index}, 550.1, 81559, 0, ${mig === 'Enabled' ? '[N/A]' : '0'}, 40, 70.00, ${mig}, NVIDIA H100`;
  t.equal(
    wholeDevices(parseGpus([line(0, 'Disabled'), line(1, 'Enabled'), line(2, 'Disabled')].join('\n')).gpus),
    1,
  );
  t.equal(wholeDevices(parseGpus([line(0, 'Enabled'), line(1, 'Disabled')].join('\n')).gpus), 0);
  t.equal(wholeDevices(parseGpus([line(0, '[N/A]'), line(2, '[N/A]')].join('\n')).gpus), 1);
  t.equal(wholeDevices(parseGpus(line(1, 'Disabled')).gpus), 0);
  t.equal(wholeDevices([]), 0);
});

void t.test('reports neither GPU nor problem without nvidia-smi or devices', async (t) => {
  const none = { gpus: [], problem: undefined };
  machine(t, 'echo "No devices were found"; exit 6');
  t.same(await new GpuReader(systemClock).read(10_000), none);
  process.env.PATH = '/nonexistent';
  t.same(await new GpuReader(systemClock).read(10_000), none);
});

void t.test('reports a failing driver or lost device', async (t) => {
  machine(t, 'echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9');
  t.match(await new GpuReader(systemClock).read(10_000), {
    gpus: [],
    problem: /^nvidia-smi failed \(9\): NVIDIA-SMI has failed because/,
  });
  const lost = parseGpus(
    `${FOUR_GPUS[0]}\nUnable to determine the device handle for GPU0000:82:00.0: Unknown Error\n`,
  );
  t.match(lost, { gpus: [{ index: 0 }], problem: /^nvidia-smi reported: Unable to determine/ });
  t.match(parseGpus('\u0000'.repeat(100_000)), { gpus: [], problem: String });
});

void t.test('omits a lost card, however nvidia-smi reports it', async (t) => {
  const rest = FOUR_GPUS.filter((_, index) => index !== 1);
  const ways: Readonly<Record<string, string>> = {
    'its line is gone': printing(...rest),
    'its line reports the loss': printing(
      FOUR_GPUS[0] ?? '',
      '1, GPU-00000001, 550.54.15, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [N/A], NVIDIA H100',
      ...rest.slice(1),
    ),
    'its id is unknown': printing(
      FOUR_GPUS[0] ?? '',
      '1, [Unknown Error], 550.54.15, [Unknown Error], 0, 0, 0, 0, Disabled, NVIDIA H100',
      ...rest.slice(1),
    ),
    'a line and the exit status report the loss': `${printing(...rest, 'Unable to determine the device handle for GPU0000:82:00.0: GPU is lost. Reboot the system to recover this GPU')}\nexit 15`,
  };
  for (const [way, script] of Object.entries(ways)) {
    const folder = machine(t, printing(...FOUR_GPUS));
    const reader = new GpuReader(systemClock);
    t.equal((await reader.devices(10_000)).length, 4);
    fakeNvidiaSmi(folder, script);
    t.same(
      (await reader.devices(10_000)).map(({ uuid }) => uuid),
      ['GPU-00000000', 'GPU-00000002', 'GPU-00000003'],
      way,
    );
    fakeNvidiaSmi(folder, 'exit 255');
    t.equal((await reader.devices(10_000)).length, 3, 'a lost card is not counted while nvidia-smi fails');
    fakeNvidiaSmi(folder, printing(...FOUR_GPUS));
    t.equal((await reader.devices(10_000)).length, 4, 'a card that is back is listed');
  }
});

void t.test(
  'reports no GPU if the only card is lost, but still counts it while the driver fails',
  async (t) => {
    const folder = machine(t, printing(FOUR_GPUS[0] ?? ''));
    const reader = new GpuReader(systemClock);
    t.equal((await reader.devices(10_000)).length, 1);
    fakeNvidiaSmi(
      folder,
      'echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9',
    );
    t.equal((await reader.devices(10_000)).length, 1);
    fakeNvidiaSmi(
      folder,
      'echo "Unable to determine the device handle for GPU0000:82:00.0: GPU is lost."; exit 15',
    );
    t.equal((await reader.devices(10_000)).length, 0);
  },
);

void t.test('kills nvidia-smi if it hangs beyond the time limit, and runs only one at a time', async (t) => {
  const folder = machine(t, `echo $$ > "$0.pid"; exec sleep 1000`);
  const reader = new GpuReader(systemClock, 3000);
  const asked = [reader.read(50), reader.read(60), reader.read(10_000)];
  t.match(await asked[0], { gpus: [], problem: 'nvidia-smi did not respond within 0.05 seconds' });
  t.match(await asked[1], { gpus: [], problem: /0.06 seconds/ });
  t.match(await asked[2], { gpus: [], problem: 'nvidia-smi was killed after 3 seconds' });
  t.equal(readFileSync(join(folder, 'asked'), 'utf8'), 'x\n');
  const pid = readFileSync(join(folder, 'bin/nvidia-smi.pid'), 'utf8').trim();
  t.notOk(existsSync(`/proc/${pid}`));
});

void t.test('reports the last known devices while nvidia-smi does not respond', async (t) => {
  const folder = machine(t, printing(...FOUR_GPUS));
  const reader = new GpuReader(systemClock);
  t.equal((await reader.devices(10_000)).length, 4);
  fakeNvidiaSmi(folder, 'exec sleep 1000');
  t.equal((await reader.devices(300)).length, 4);
  t.equal(
    (await new GpuReader(systemClock).devices(300)).length,
    0,
    'an agent that has seen no card counts none',
  );
});
