import type { Clock } from '#domain/kernel/ports/clock.js';
import { printable } from './output.js';

const ON_A_TERMINAL_MS = 200;
const ELSEWHERE_MS = 5_000;

/** Reports progress on stderr. On a terminal, a single line is rewritten. Elsewhere, a line is printed every few seconds. */
export class Progress {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #interval = process.stderr.isTTY ? ON_A_TERMINAL_MS : ELSEWHERE_MS;
  #last: number;
  #shown = false;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#last = clock.monotonic();
  }

  show(text: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#last < this.#interval) return;
    this.#last = now;
    this.#shown = true;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${printable(text)}` : `${printable(text)}\n`);
  }

  end(): void {
    if (this.#shown && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
