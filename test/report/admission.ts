import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

export interface AdmissionOptions {
  /** So many are let in whatever the machine does. */
  readonly atLeast: number;
  /** And never more than so many, though all of them wait. */
  readonly atMost: number;
  /** Answers the share of the processors' time since it was asked last in which they had nothing to do. */
  readonly idle?: () => number;
  /** Milliseconds between two looks at them. */
  readonly everyMs?: number;
}

/** With so much of the processors idle there is room for one more: three files that start servers leave nearly a fifth. */
const ROOM = 0.1;

/** Milliseconds after which a place that somebody left is taken. */
const LOOK_MS = 20;

/**
 * Lets one more in while the processors have nothing to do: half of a test that starts servers is waiting, for a timer or for a deadline,
 * and how much is not known before.
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

  /** One at a time, so that the load of the last one shows before the next is let in. */
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

/** Of all processors together. */
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
