import { systemClock } from '#agents/platform/clock/system-clock.js';

/** How a table is printed. */
export interface Look {
  /** Columns of the terminal. Without it, every column and cell is printed whole: into a pipe or a file, and with `-o wide`. */
  readonly width?: number | undefined;
  /** Whether whole times are those of this terminal's zone, with its name. Programs get UTC. */
  readonly localTimes: boolean;
  readonly color: boolean;
  readonly headers: boolean;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

export const WHOLE: Look = { localTimes: false, color: false, headers: true, now: 0 };

/** Width of a terminal that does not tell its own. */
const USUAL_WIDTH = 80;

/** Tables are fitted to a terminal. Elsewhere they are whole, so that scripts get what they always got. Like `gh`, and unlike `docker`. */
export function lookOf({ output }: { readonly output: string }): Look {
  const { isTTY, columns } = process.stdout;
  const width = isTTY && output !== 'wide' ? columns || USUAL_WIDTH : undefined;
  return { ...WHOLE, width, localTimes: isTTY, now: systemClock.now() };
}
