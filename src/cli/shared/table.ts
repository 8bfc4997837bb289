import stringWidth from 'string-width';
import { UNIT_MS } from './duration.js';
import { localTime } from './local-time.js';
import { WHOLE, type Look } from './look.js';
import { printable } from './output.js';
import { shortIds } from './short-ids.js';

export { lookOf, WHOLE, type Look } from './look.js';
export { shortIds } from './short-ids.js';

/**
 * What the cells of a column are. On a terminal, ids are cut to a unique prefix, and times are shown as ages. `status` cells are coloured, and
 * `--status` compares them.
 */
type Kind = 'text' | 'id' | 'time' | 'status';

interface Column {
  readonly heading: string;
  readonly kind: Kind;
  /** Whether the column is left out on a terminal. */
  readonly wide: boolean;
}
export type Heading = string | Column;

const columnOf = (heading: Heading): Column =>
  typeof heading === 'string' ? { heading, kind: 'text', wide: false } : heading;

export const idColumn = (heading: string): Column => ({ heading, kind: 'id', wide: false });
export const timeColumn = (heading: string): Column => ({ heading, kind: 'time', wide: false });
export const statusColumn = (heading: string): Column => ({ heading, kind: 'status', wide: false });
export const wideColumn = (column: Heading): Column => ({ ...columnOf(column), wide: true });

/** Returns the index of the first column of this kind, or -1. */
export function placeOfKind(headings: readonly Heading[], kind: Kind): number {
  return headings.findIndex((each) => columnOf(each).kind === kind);
}

export function headingText(heading: Heading): string {
  return columnOf(heading).heading;
}

const GAP = 2;

/**
 * Formats rows as aligned columns under headings, in at most `look.width` columns of a terminal. If there are no rows, only the headings are
 * returned. The lines are safe to print as they are, and may contain colours if `look.color` is set.
 * @param known texts of the `id` columns from which a prefix must differ, if there are more than those in the rows
 */
export function tableLines(
  headings: readonly Heading[],
  rows: readonly (readonly string[])[],
  look: Look = WHOLE,
  known: readonly (readonly string[])[] = rows,
): string[] {
  const shown = headings
    .map((heading, place) => ({ ...columnOf(heading), place }))
    .filter(({ wide }) => !wide || look.width === undefined);
  const texts = shown.map((column) => cellsOf(column, rows, known, look));
  const natural = shown.map(({ heading }, index) =>
    Math.max(look.headers ? stringWidth(heading) : 0, ...texts[index]!.map((text) => stringWidth(text))),
  );
  const widths = look.width === undefined ? natural : fitted(natural, look.width);
  const line = (cells: readonly string[], paint: (text: string, column: Column) => string): string =>
    cells
      .map((text, index) => {
        const cut = truncated(text, widths[index]!);
        const isLast = index === cells.length - 1;
        const padding = isLast ? '' : ' '.repeat(widths[index]! - stringWidth(cut));
        return paint(cut, shown[index]!) + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const head = look.headers ? [line(shown.map(({ heading }) => heading), (text) => text)] : []; // prettier-ignore
  const paint = (text: string, { kind }: Column): string =>
    look.color && kind === 'status' ? colored(text) : text;
  return [...head, ...rows.map((_, row) => line(texts.map((column) => column[row]!), paint))]; // prettier-ignore
}

function cellsOf(
  { kind, place }: Column & { readonly place: number },
  rows: readonly (readonly string[])[],
  known: readonly (readonly string[])[],
  { width, localTimes, now }: Look,
): string[] {
  const texts = rows.map((row) => row[place] ?? '');
  if (width !== undefined && kind === 'id') {
    const short = shortIds(known.map((row) => row[place] ?? ''));
    return texts.map((text) => printable(short(text)));
  }
  if (width !== undefined && kind === 'time') return texts.map((text) => printable(ageOf(text, now)));
  if (localTimes && kind === 'time') return texts.map((text) => printable(wholeTime(text)));
  return texts.map(printable);
}

function timeIn(text: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Formats a time in the zone of this terminal, with its name. What is not a time remains as it is. */
function wholeTime(text: string): string {
  const time = timeIn(text);
  return time === undefined ? text : localTime(time);
}

/** Formats a time as `2m`, or as `in 2m` if it is in the future. What is not a time remains as it is. */
export function ageOf(text: string, now: number): string {
  const time = timeIn(text);
  if (time === undefined) return text;
  const [unit, size] =
    Object.entries(UNIT_MS).find(([, each]) => Math.abs(now - time) >= each) ?? (['s', UNIT_MS.s] as const);
  const age = `${Math.floor(Math.abs(now - time) / size)}${unit}`;
  return time > now ? `in ${age}` : age;
}

/** Narrows the widest columns equally until all of them fit. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const room = Math.max(width - GAP * (natural.length - 1), natural.length);
  const sum = (limit: number): number => natural.reduce((total, each) => total + Math.min(each, limit), 0);
  let limit = Math.max(...natural, 1);
  while (limit > 1 && sum(limit) > room) limit -= 1;
  let left = room - sum(limit);
  return natural.map((each) => {
    if (each <= limit) return each;
    left -= 1;
    return left >= 0 ? limit + 1 : limit;
  });
}

const graphemes = new Intl.Segmenter();

/** Cuts a text to a number of columns. A text that is cut ends with `…`. */
export function truncated(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    cut += segment;
  }
  return `${cut}…`;
}

const GREEN = 32;
const RED = 31;
const YELLOW = 33;
const COLORS: Readonly<Record<string, number>> = {
  active: GREEN,
  complete: GREEN,
  completed: GREEN,
  delivered: GREEN,
  online: GREEN,
  ready: GREEN,
  running: GREEN,
  succeeded: GREEN,
  success: GREEN,
  used: GREEN,
  degraded: RED,
  down: RED,
  failed: RED,
  lost: RED,
  offline: RED,
  timeout: RED,
  unhealthy: RED,
  blocked: YELLOW,
  building: YELLOW,
  deploying: YELLOW,
  draining: YELLOW,
  ineligible: YELLOW,
  pending: YELLOW,
  queued: YELLOW,
  retrying: YELLOW,
  waiting: YELLOW,
};

function colored(text: string): string {
  const [word = ''] = text.toLowerCase().split(/[^a-z]/);
  const color = COLORS[word];
  return color === undefined ? text : `\u001b[${color}m${text}\u001b[39m`;
}
