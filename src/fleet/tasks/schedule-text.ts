import cronstrue from 'cronstrue';
import { dayFieldsOf } from '#domain/tasks/schedule/index.js';
import type { Timing } from '#domain/tasks/task/index.js';

/** Describes the schedule of a task in words. Returns null if it has no pattern, or if it cannot be described. */
export function scheduleText({ pattern, dayMatch }: Pick<Timing, 'pattern' | 'dayMatch'>): string | null {
  if (pattern === undefined) return null;
  const days = dayFieldsOf(pattern, dayMatch);
  try {
    const fields = withoutUnevenSteps(pattern.trim().split(/\s+/));
    return days === undefined ? described(fields) : withBothDays(fields, days);
  } catch {
    return null;
  }
}

function described(fields: readonly string[]): string {
  return cronstrue.toString(fields.join(' '), { use24HourTimeFormat: true });
}

/** The library says "and" where either day field is enough, so each field is described alone, and they are joined by the rule that the slots follow. */
function withBothDays(fields: readonly string[], rule: 'and' | 'or'): string {
  const [day = '*', month = '*', week = '*'] = fields.slice(-3);
  const time = described([...fields.slice(0, -3), '*', '*', '*']);
  const part = (...days: string[]): string => described([...fields.slice(0, -3), ...days]).slice(time.length);
  const [ofDay, ofWeek] = [part(day, '*', '*'), part('*', '*', week.replace('+', ''))];
  const isEveryDay = rule === 'or' && (ofDay === '' || ofWeek === '');
  const days = isEveryDay ? '' : ofDay + ofWeek.replace(/^, (?:only )?/, rule === 'or' ? ', or ' : ', only ');
  return time + days + part('*', month, '*');
}

/** Lists the times of a step that does not divide its hour or day: a step of 40 fires at :00 and :40, which is not every 40 minutes. */
function withoutUnevenSteps(fields: readonly string[]): string[] {
  const sizes = fields.length === 6 ? [60, 60, 24] : [60, 24];
  return fields.map((field, index) => {
    const size = sizes[index];
    const step = Number(/^[*?]\/(\d+)$/.exec(field)?.[1]);
    if (size === undefined || !(step > 0) || size % step === 0) return field;
    return Array.from({ length: Math.ceil(size / step) }, (_, turn) => turn * step).join(',');
  });
}
