export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Null if it was not measured. */
  readonly value: number | null;
}

/** Round steps within a power of 10, and within a power of 1024. */
const DECIMAL = [1, 2, 2.5, 5, 10];
const BINARY = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const SECOND_MS = 1000;
/** Steps of a time axis, in seconds. */
const TIMES = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Returns at most `most` + 1 round values from zero to at least the maximum, or to at least 1 if the maximum is 0. */
export function ticks(maximum: number, most: number, base: 10 | 1024 = 10): readonly number[] {
  const highest = maximum > 0 ? maximum : 1;
  const wanted = highest / most;
  const power = base ** Math.floor(Math.log(wanted) / Math.log(base));
  const step =
    power * ((base === 10 ? DECIMAL : BINARY).find((each) => each * power >= wanted * (1 - 1e-9)) ?? base);
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Returns at most `most` round times between two moments, in the time zone that is `offset` milliseconds ahead of UTC. */
export function timeTicks(from: number, to: number, most: number, offset = 0): readonly number[] {
  const step =
    (TIMES.find((each) => (to - from) / (each * SECOND_MS) < most) ?? (TIMES.at(-1) as number)) * SECOND_MS;
  const found: number[] = [];
  for (
    let at = Math.ceil((from + offset) / step) * step - offset;
    at <= to && found.length < most;
    at += step
  )
    found.push(at);
  return found;
}

/** Returns a function that scales a range to pixels. A range of length zero maps to the middle. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/**
 * Returns the SVG path of a line. It is interrupted where a value is missing, or where the next point is more than `gap` milliseconds away. A lone
 * point becomes a line of zero length, which round caps show as a dot.
 */
export function pathOf(
  points: readonly Point[],
  x: (at: number) => number,
  y: (value: number) => number,
  gap: number,
): string {
  let path = '';
  let former: number | undefined;
  for (const { at, value } of points) {
    if (value === null) {
      former = undefined;
      continue;
    }
    const place = `${rounded(x(at))} ${rounded(y(value))}`;
    path += former === undefined || at - former > gap ? `M${place}h0` : `L${place}`;
    former = at;
  }
  return path;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Returns the moments at which any line has a point, oldest first. Moments at most `slack` milliseconds apart count as one. */
export function momentsOf(lines: readonly (readonly Point[])[], slack: number): readonly number[] {
  const all = lines.flatMap((points) => points.map(({ at }) => at)).sort((one, other) => one - other);
  const found: number[] = [];
  for (const at of all) if (found.length === 0 || at - (found.at(-1) as number) > slack) found.push(at);
  return found;
}

/** Returns the point that is nearest to a moment, unless it is more than `slack` milliseconds away. */
export function nearest(points: readonly Point[], at: number, slack: number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    const distance = Math.abs(point.at - at);
    if (distance <= slack && (best === undefined || distance < Math.abs(best.at - at))) best = point;
  }
  return best;
}
