/** A time in which each slot of a task's schedule has run, after `after` and up to `until`, in milliseconds since 1970. */
export interface RanSpan {
  readonly after: number;
  readonly until: number;
}

/** Spans that a task remembers. The two that are nearest to each other become one where there are more. */
const MAX_SPANS = 16;

/** The spans with one more, in their order. Those that touch are one. */
export function withRan(spans: readonly RanSpan[], added: RanSpan): readonly RanSpan[] {
  const touches = (span: RanSpan): boolean => span.after <= added.until && span.until >= added.after;
  const joined = spans.filter(touches).reduce(around, added);
  const next = [...spans.filter((span) => !touches(span)), joined].sort((a, b) => a.after - b.after);
  return next.length <= MAX_SPANS ? next : withNearestJoined(next);
}

/** The parts of a time in which no slot has run: after `after` and up to `until`, in their order. */
export function openSpans(spans: readonly RanSpan[], { after, until }: RanSpan): readonly RanSpan[] {
  const open: RanSpan[] = [];
  let from = after;
  for (const span of spans) {
    if (span.until <= from || span.after >= until) continue;
    if (span.after > from) open.push({ after: from, until: span.after });
    from = span.until;
  }
  return from < until ? [...open, { after: from, until }] : open;
}

function around(a: RanSpan, b: RanSpan): RanSpan {
  return { after: Math.min(a.after, b.after), until: Math.max(a.until, b.until) };
}

function withNearestJoined(spans: readonly RanSpan[]): readonly RanSpan[] {
  let nearest = 1;
  const gapBefore = (index: number): number => (spans[index]?.after ?? 0) - (spans[index - 1]?.until ?? 0);
  for (let index = 2; index < spans.length; index += 1) if (gapBefore(index) < gapBefore(nearest)) nearest = index;
  return spans.flatMap((span, index) => (index === nearest ? [] : index === nearest - 1 ? [around(span, spans[nearest] ?? span)] : [span]));
}
