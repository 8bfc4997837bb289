import { Cron } from 'croner';

/** A schedule in wall-clock time: a cron expression of five fields, or six with seconds first, or a nickname. */
export interface Pattern {
  next(wall: number): number | undefined;
  readonly hours: Hours;
}

/**
 * The kind of the hour field: `every` hour, an `interval` (a step or range), or `fixed` single hours. Fixed hours fire once when clocks are set back.
 * Patterns of the other kinds keep firing while an hour repeats.
 */
export type Hours = 'every' | 'interval' | 'fixed';

const NICKNAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const FIELDS_OF_FIVE = ['minute', 'hour', 'day of month', 'month', 'day of week'];
const MAX_PATTERN_LENGTH = 200;
const DAY_MS = 86_400_000;

/** Cached, because a pattern is evaluated for each slot of a task. */
const PATTERNS = new Map<string, Pattern>();
const MAX_CACHED_PATTERNS = 1000;

/** Which days match if both day fields are restricted. `and`: those that match both. `or`: those that match either. */
export const DAY_MATCHES = ['and', 'or'] as const;
export type DayMatch = (typeof DAY_MATCHES)[number];

/**
 * Returns how the day fields of a pattern are combined, or undefined if at most one of them is restricted. The default is the rule of Debian's cron:
 * `and` if one of the fields begins with `*`, and otherwise `or`.
 */
export function dayFieldsOf(text: string, match?: DayMatch): DayMatch | undefined {
  const fields = text.trim().replaceAll('?', '*').split(/\s+/);
  const [month = '*', , week = '*'] = fields.slice(-3);
  if (fields.length < 5 || month === '*' || week === '*') return undefined;
  if (week.startsWith('+')) return 'and';
  if (match !== undefined) return match;
  return month.startsWith('*') || week.startsWith('*') ? 'and' : 'or';
}

export function parsePattern(text: string, match?: DayMatch): Pattern | { readonly problem: string } {
  const isBoth = dayFieldsOf(text, match) === 'and';
  const key = isBoth ? `and ${text}` : text;
  const known = PATTERNS.get(key);
  if (known !== undefined) return known;
  const parsed = parse(text, isBoth);
  if ('problem' in parsed) return parsed;
  if (PATTERNS.size >= MAX_CACHED_PATTERNS) PATTERNS.delete(PATTERNS.keys().next().value ?? '');
  PATTERNS.set(key, parsed);
  return parsed;
}

function parse(text: string, domAndDow: boolean): Pattern | { readonly problem: string } {
  const fields = text.trim().split(/\s+/);
  if (text.length > MAX_PATTERN_LENGTH)
    return { problem: `must be at most ${MAX_PATTERN_LENGTH} characters long` };
  if (text.startsWith('@')) {
    if (!NICKNAMES.includes(text.toLowerCase()))
      return { problem: `must be one of ${NICKNAMES.join(', ')} if it begins with @` };
  } else if (fields.length !== 5 && fields.length !== 6) {
    return {
      problem: `must have five fields (${FIELDS_OF_FIVE.join(', ')}), or six with seconds first; it has ${text.trim() === '' ? 0 : fields.length}`,
    };
  }
  let cron: Cron;
  try {
    // Evaluated in UTC, because the zone handles clock changes. A paused Cron does not start a timer.
    cron = new Cron(text.trim(), { utcOffset: 0, paused: true, domAndDow });
  } catch (error) {
    return { problem: withField(error instanceof Error ? error.message : String(error), fields) };
  }
  return { next: (wall) => cron.nextRun(new Date(wall))?.getTime(), hours: hoursOf(fields) };
}

function hoursOf(fields: readonly string[]): Hours {
  if (fields.length === 1) return fields[0]?.toLowerCase() === '@hourly' ? 'every' : 'fixed';
  const hour = fields.at(-4) ?? '*';
  const hours = new Cron(`0 ${hour} * * *`, { utcOffset: 0, paused: true });
  const count = hours.nextRuns(24, new Date(-1)).filter((run) => run.getTime() < DAY_MS).length;
  if (count === 24) return 'every';
  return count > 1 && /[*?/-]/.test(hour) ? 'interval' : 'fixed';
}

function withField(message: string, fields: readonly string[]): string {
  const words = message.replace(/^CronPattern: /, '');
  const names = fields.length === 6 ? ['second', ...FIELDS_OF_FIVE] : FIELDS_OF_FIVE;
  const wrong = names.flatMap((name, index) =>
    isValidAlone(fields, index) ? [] : [`${name} (field ${index + 1}, ${JSON.stringify(fields[index])})`],
  );
  return wrong.length === 0 ? words : `${wrong.join(', ')}: ${words}`;
}

/** Returns whether a field is valid if all other fields are `*`. */
function isValidAlone(fields: readonly string[], index: number): boolean {
  try {
    new Cron(fields.map((field, at) => (at === index ? field : '*')).join(' '), {
      utcOffset: 0,
      paused: true,
    });
    return true;
  } catch {
    return false;
  }
}
