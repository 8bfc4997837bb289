import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bytesText } from '#domain/kernel/bytes.js';
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

/** Passes bytes on, and reports how many. `verb`: what happens to them, such as `copied`. */
export async function* withProgress(
  source: AsyncIterable<unknown>,
  verb: string,
): AsyncGenerator<Uint8Array> {
  const progress = new Progress(systemClock);
  let bytes = 0;
  try {
    for await (const each of source) {
      bytes += (each as Uint8Array).length;
      progress.show(`${verb} ${bytesText(bytes)}`);
      yield each as Uint8Array;
    }
  } finally {
    progress.end();
  }
}
