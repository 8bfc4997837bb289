import type { Clock } from '#domain/kernel/ports/clock.js';
import type { GpuDevice } from '#domain/protocol/index.js';
import { runProgram } from '../run-program.js';

/** A card, and what is wrong with it if it cannot be assigned. */
export interface ReadGpu extends GpuDevice {
  readonly fault?: string;
  /** A figure of a sensor that cannot be read, although the card works. */
  readonly unread?: string;
}

export interface GpuReading {
  readonly gpus: readonly ReadGpu[];
  readonly problem: string | undefined;
  /** Set if lost cards are the only problem. Cards that are not listed do not work. */
  readonly lost?: true;
}

/** The name is last, because it may contain commas. */
const FIELDS = [
  'index',
  'uuid',
  'driver_version',
  'memory.total',
  'memory.used',
  'utilization.gpu',
  'temperature.gpu',
  'power.draw',
  'mig.mode.current',
  'name',
];
const LONGEST_PROBLEM = 200;
/** How long the cards count as they were although `nvidia-smi` fails, in milliseconds. */
export const SILENT_MS = 120_000;

/**
 * Reads the GPUs of this machine from `nvidia-smi`. Returns none if it is not installed. Calls share one process: a broken driver can block a process
 * forever, and no signal ends it, so there must be at most one.
 */
export class GpuReader {
  readonly #clock: Clock;
  readonly #killAfterMs: number;
  readonly #life: AbortSignal | undefined;
  #running: Promise<GpuReading> | undefined;
  #known: readonly ReadGpu[] = [];
  /** The first inconclusive reading since the last conclusive one, at a time of the monotonic clock in milliseconds. */
  #silent: { readonly since: number; readonly problem: string } | undefined;

  constructor(clock: Clock, killAfterMs = 15_000, life?: AbortSignal) {
    this.#clock = clock;
    this.#killAfterMs = killAfterMs;
    this.#life = life;
  }

  async read(limitMs: number): Promise<GpuReading> {
    this.#running ??= this.#run();
    const answered = new AbortController();
    const late = this.#clock
      .sleep(limitMs, answered.signal)
      .then(() => ({ gpus: [], problem: `nvidia-smi did not respond within ${limitMs / 1000} seconds` }));
    try {
      return await Promise.race([this.#running, late]);
    } finally {
      answered.abort();
    }
  }

  /**
   * Returns the current devices, or the last known ones if the reading is inconclusive, so a slow driver cannot remove a running task's device. If no
   * reading was conclusive for longer than {@link SILENT_MS}, the known devices have a fault: containers that need them fail, too.
   */
  async devices(limitMs: number): Promise<readonly ReadGpu[]> {
    const reading = await this.read(limitMs);
    if (isConclusive(reading)) {
      this.#silent = undefined;
      return reading.gpus;
    }
    const now = this.#clock.monotonic();
    this.#silent ??= { since: now, problem: reading.problem ?? 'nvidia-smi lists no card' };
    const { since, problem } = this.#silent;
    if (now - since < SILENT_MS) return this.#known;
    const fault = `unknown for more than ${SILENT_MS / 60_000} minutes: ${problem}`;
    return this.#known.map((gpu) => ({ ...gpu, fault }));
  }

  async #run(): Promise<GpuReading> {
    try {
      const reading = await askNvidiaSmi(this.#killAfterMs, this.#life);
      if (isConclusive(reading)) this.#known = reading.gpus;
      return reading;
    } finally {
      this.#running = undefined;
    }
  }
}

/**
 * Returns how many devices can be assigned without ids: the leading ones that are not partitioned and have no fault. They are assigned by index,
 * starting at 0, so any other device ends the sequence.
 */
export function wholeDevices(gpus: readonly ReadGpu[]): number {
  const end = gpus.findIndex((gpu, position) => gpu.index !== position || gpu.mig || gpu.fault !== undefined);
  return end === -1 ? gpus.length : end;
}

/** Parses lines such as `0, GPU-8f0c…, 550.54, 81559, 512, 37, 41, 70.50, Disabled, NVIDIA H100`. */
export function parseGpus(text: string): GpuReading {
  const gpus: ReadGpu[] = [];
  let problem: string | undefined;
  for (const line of text
    .split('\n')
    .map((each) => each.trim())
    .filter(Boolean)) {
    const [index = '', uuid = '', driver = '', total, used, utilization, temperature, power, mig, ...name] =
      line.split(',').map((part) => part.trim());
    if (!/^\d{1,4}$/.test(index) || name.length === 0 || isLost(uuid, total)) {
      problem ??= `nvidia-smi reported: ${line.slice(0, LONGEST_PROBLEM)}`;
      continue;
    }
    const wrong = wrongIn([total, used], [utilization, temperature, power]);
    if (Object.keys(wrong).length > 0) problem ??= `nvidia-smi reported: ${line.slice(0, LONGEST_PROBLEM)}`;
    gpus.push({
      index: Number(index),
      uuid,
      name: name.join(', '),
      driver_version: driver,
      memory_total_mb: figure(total),
      memory_used_mb: figure(used),
      utilization_percent: figure(utilization),
      temperature_celsius: figure(temperature),
      power_watts: figure(power),
      mig: mig === 'Enabled',
      ...wrong,
    });
  }
  return {
    gpus: gpus.sort((one, other) => one.index - other.index),
    problem,
    ...(LOSS.test(problem ?? '') && { lost: true as const }),
  };
}

/** Returns whether a device that is missing from the reading can be considered lost. */
function isConclusive({ gpus, problem, lost }: GpuReading): boolean {
  return problem === undefined || gpus.length > 0 || lost === true;
}

const LOSS = /GPU is lost|unable to determine the device handle/i;

/** A card that fell off the bus may still have a line, with an error instead of its id or memory size. */
function isLost(uuid: string, memory = ''): boolean {
  return [uuid, memory].some((text) => /GPU is lost|Unknown Error|ERR!/i.test(text));
}

/** What `nvidia-smi` prints for a figure that a card does not have. */
const NO_FIGURE =
  /^\[(?:N\/A|Not Supported|Insufficient Permissions|Requested functionality has been deprecated)\]$|^$/i;

/** What `nvidia-smi` prints for a sensor that it cannot read. */
const UNREAD_SENSOR = /^(?:ERR!|\[Unknown Error\])$/i;

/**
 * Returns what is wrong with a card, by its figures. Whatever is neither a figure nor the note that there is none is an error of the card, such as
 * `[GPU requires reset]`, or `ERR!` as the size of its memory. A card whose fan or power cannot be read still works. A card without any figure does not
 * respond; a card with shared memory has at least a temperature.
 */
function wrongIn(
  memory: readonly (string | undefined)[],
  sensors: readonly (string | undefined)[],
): Pick<ReadGpu, 'fault' | 'unread'> {
  const isError = (text = ''): boolean => figure(text) === null && !NO_FIGURE.test(text);
  const unread = sensors.find((text = '') => UNREAD_SENSOR.test(text));
  const error = [...memory, ...sensors.filter((text = '') => !UNREAD_SENSOR.test(text))].find(isError);
  if (error !== undefined) return { fault: reported(error) };
  if ([...memory, ...sensors].every((text) => figure(text) === null))
    return { fault: 'nvidia-smi reports no figure of it' };
  return unread === undefined ? {} : { unread: reported(unread) };
}

function reported(text: string): string {
  return `nvidia-smi reports ${text.slice(0, 64)}`;
}

/** Returns null for `[N/A]`, `[Not Supported]`, `[Unknown Error]` and other values that are not numbers. */
function figure(text = ''): number | null {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function askNvidiaSmi(killAfterMs: number, life: AbortSignal | undefined): Promise<GpuReading> {
  return new Promise((resolve) => {
    runProgram(
      'nvidia-smi',
      [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'],
      { timeout: killAfterMs, life },
      (error, stdout, stderr) => {
        if (error === null) return resolve(parseGpus(stdout));
        if (error.code === 'ENOENT' || /no devices were found/i.test(stdout))
          return resolve({ gpus: [], problem: undefined });
        // If one card fails, the output may still list the other cards, and only the exit status indicates the error.
        const { gpus, lost }: GpuReading =
          error.killed === true || typeof error.code !== 'number'
            ? { gpus: [], problem: undefined }
            : parseGpus(stdout);
        const said = (stdout.trim() || stderr.trim()).split('\n', 1)[0]?.slice(0, LONGEST_PROBLEM) ?? '';
        const end =
          error.killed === true
            ? `was killed after ${killAfterMs / 1000} seconds`
            : `failed (${error.code ?? error.signal ?? 'unknown'})`;
        resolve({
          gpus,
          problem: said === '' ? `nvidia-smi ${end}` : `nvidia-smi ${end}: ${said}`,
          ...(lost === true && { lost }),
        });
      },
    );
  });
}
