import { nextSlot } from '../schedule/index.js';
import type { Timing } from './definition.js';
import { scheduleOf } from './timing.js';

/** A half-open range (after, until], in milliseconds since 1970, in which all slots of a timing are decided, or of any timing if `timing` is null. */
export interface DecidedSpan {
  readonly after: number;
  readonly until: number;
  readonly timing: Timing | null;
}

/** Maximum number of spans. Older spans are merged into one in which every moment counts as decided. */
const MAX_SPANS = 100;

export function withSpan(spans: readonly DecidedSpan[], added: DecidedSpan): readonly DecidedSpan[] {
  const timing = JSON.stringify(added.timing);
  const touches = (span: DecidedSpan): boolean =>
    span.after <= added.until && span.until >= added.after && JSON.stringify(span.timing) === timing;
  const next = [
    ...spans.filter((span) => !touches(span)),
    { ...around([added, ...spans.filter(touches)]), timing: added.timing },
  ];
  if (next.length <= MAX_SPANS) return next;
  return [{ ...around(next.slice(0, 2)), timing: null }, ...next.slice(2)];
}

export function isWithin(spans: readonly DecidedSpan[], slot: number): boolean {
  return spans.some(
    ({ after, until, timing }) => slot > after && slot <= until && (timing === null || fires(timing, slot)),
  );
}

function around(spans: readonly DecidedSpan[]): Pick<DecidedSpan, 'after' | 'until'> {
  return {
    after: Math.min(...spans.map(({ after }) => after)),
    until: Math.max(...spans.map(({ until }) => until)),
  };
}

function fires(timing: Timing, slot: number): boolean {
  const schedule = scheduleOf(timing);
  return !('problem' in schedule) && nextSlot(schedule, slot - 1) === slot;
}
