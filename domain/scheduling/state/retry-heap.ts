import type { ScheduledJob } from './scheduled-job.js';

interface Due {
  readonly at: number;
  readonly job: ScheduledJob;
}

export class RetryHeap {
  readonly #entries: Due[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get earliest(): number | undefined {
    return this.#entries[0]?.at;
  }

  add(at: number, job: ScheduledJob): void {
    const entries = this.#entries;
    let index = entries.push({ at, job }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (entries[parent]!.at <= at) break;
      entries[index] = entries[parent]!;
      entries[parent] = { at, job };
      index = parent;
    }
  }

  takeDue(now: number): ScheduledJob | undefined {
    const entries = this.#entries;
    const first = entries[0];
    if (first === undefined || first.at > now) return undefined;
    const last = entries.pop()!;
    if (entries.length > 0) this.#sink(last);
    return first.job;
  }

  #sink(moved: Due): void {
    const entries = this.#entries;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && entries[child + 1]!.at < entries[child]!.at) child += 1;
      if (entries[child]!.at >= moved.at) break;
      entries[index] = entries[child]!;
      index = child;
    }
    entries[index] = moved;
  }
}
