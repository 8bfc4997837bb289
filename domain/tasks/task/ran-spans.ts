/** A half-open range (after, until] in which every slot of the schedule has run, in milliseconds since 1970. */
export interface RanSpan {
  readonly after: number;
  readonly until: number;
}

const MAX_SPANS = 16;

/** Merges adjacent spans. The result is sorted. */
export function withRan(spans: readonly RanSpan[], added: RanSpan): readonly RanSpan[] {
  const touches = (span: RanSpan): boolean => span.after <= added.until && span.until >= added.after;
  const joined = spans.filter(touches).reduce(around, added);
  const next = [...spans.filter((span) => !touches(span)), joined].sort((a, b) => a.after - b.after);
  return next.length <= MAX_SPANS ? next : withNearestJoined(next);
}

/** Returns the parts of a half-open range (after, until] in which no slot has run, in order. */
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
  for (let index = 2; index < spans.length; index += 1)
    if (gapBefore(index) < gapBefore(nearest)) nearest = index;
  return spans.flatMap((span, index) =>
    index === nearest ? [] : index === nearest - 1 ? [around(span, spans[nearest] ?? span)] : [span],
  );
}
