import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

export interface AdmissionOptions {
  /** Minimum number admitted, whatever the machine does. */
  readonly atLeast: number;
  /** Maximum number admitted, even if all of them wait. */
  readonly atMost: number;
  /** Returns the idle share of the processors' time since the previous call. */
  readonly idle?: () => number;
  /** Milliseconds between two looks at the processors. Default 1,000. */
  readonly everyMs?: number;
}

/** Idle share of the processors at which one more is admitted. Three files that start servers leave nearly a fifth idle. */
const ROOM = 0.1;

/** Milliseconds until a free place is filled. */
const LOOK_MS = 20;

/**
 * Admits one more while the processors are idle. A test that starts servers spends half of its time waiting for timers and deadlines, but how much exactly is
 * not known in advance.
 */
export class Admission {
  #inside = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: AdmissionOptions) {}

  /** Resolves when there is room, in the order of the calls. */
  async enter(): Promise<void> {
    const turn = this.#turn.then(() => this.#room());
    this.#turn = turn;
    await turn;
  }

  leave(): void {
    this.#inside -= 1;
  }

  /** Runs one at a time, so that the load of one is visible before the next is admitted. */
  async #room(): Promise<void> {
    const { atLeast, atMost, idle = idleShare(), everyMs = 1_000 } = this.options;
    idle();
    for (let looked = performance.now(); this.#inside >= atLeast; await pause(LOOK_MS)) {
      if (performance.now() - looked < everyMs) continue;
      looked = performance.now();
      if (idle() > ROOM && this.#inside < atMost) break;
    }
    this.#inside += 1;
  }
}

/** Measures all processors together. */
function idleShare(): () => number {
  const now = (): { readonly idle: number; readonly all: number } =>
    cpus().reduce(
      ({ idle, all }, { times }) => ({
        idle: idle + times.idle,
        all: all + times.idle + times.user + times.nice + times.sys + times.irq,
      }),
      {
        idle: 0,
        all: 0,
      },
    );
  let before = now();
  return () => {
    const after = now();
    const share = (after.idle - before.idle) / Math.max(1, after.all - before.all);
    before = after;
    return share;
  };
}
