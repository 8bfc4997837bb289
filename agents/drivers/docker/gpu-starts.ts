import type { Clock } from '#domain/kernel/ports/clock.js';
import { GPU_FAULT, type NodeAttributes } from '#domain/kernel/resources.js';
import { TaskRefusedError } from '../driver.js';

const WINDOW_MS = 600_000;
const MAX_FAILURES = 3;
/** What the daemon or NVIDIA's runtime says if the node cannot give a container its GPUs. An unmet requirement is one of the image. */
const NODE_FAULT =
  /could not select device driver "[^"\n]{0,100}" with capabilities: \[\[gpu\]\]|nvidia-container-cli: (?!requirement error)[^\n]{1,200}|driver\/library version mismatch|failed to initialize NVML|unresolvable CDI devices[^\n]{0,100}/i;

/** Starts of containers with GPUs that failed because of the node. After several of them, its GPUs take no new work for a while, or until one succeeds. */
export class GpuStarts {
  #failures: readonly { readonly at: number; readonly fault: string }[] = [];

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Returns the error of a failed start that another node may not have, so that the task is placed again. Undefined if it has another reason. */
  refusal(said: string): TaskRefusedError | undefined {
    const [fault] = NODE_FAULT.exec(said) ?? [];
    if (fault === undefined) return undefined;
    this.#failures = [...this.#failures, { at: this.clock.monotonic(), fault }].slice(-MAX_FAILURES);
    return new TaskRefusedError(`this node cannot give it GPUs: ${fault}`);
  }

  succeeded(): void {
    this.#failures = [];
  }

  attributes(): NodeAttributes {
    const now = this.clock.monotonic();
    const recent = this.#failures.filter(({ at }) => now - at < WINDOW_MS);
    const fault = recent.at(-1)?.fault;
    return recent.length < MAX_FAILURES || fault === undefined
      ? {}
      : { [GPU_FAULT]: `${MAX_FAILURES} starts with GPUs failed within 10 minutes: ${fault}` };
  }
}
