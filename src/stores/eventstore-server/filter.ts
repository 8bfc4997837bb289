import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { compilePattern } from '#domain/kernel/pattern.js';
import { excludedBy } from './exclusion.js';
import { invalidArgument, unforeseen } from './status.js';
import type { Streams } from './stubs.js';

/** Selects the events of $all that a client wants to receive, and sets the checkpoint interval. */
export interface WireFilter {
  matches(event: RecordedEvent): boolean;
  readonly window: number;
  readonly interval: number;
}

export const PAGE_MATCHES = 32;

/** Parses a filter. Regular expressions use RE2: linear time, no look-around except {@link excludedBy}, no back-references. */
export function wireFilter(
  options: Streams.ReadReq.Options.FilterOptions | undefined,
): WireFilter | undefined {
  if (options === undefined) return undefined;
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  if (expression === undefined || !(options.hasMax() || options.hasCount()))
    throw invalidArgument('The filter is invalid.');
  const window = options.hasMax() ? options.getMax() : PAGE_MATCHES;
  const multiplier = options.getCheckpointintervalmultiplier();
  if (window <= 0) throw unforeseen();
  const keeps = textFilter(expression);
  return {
    matches: onStream === undefined ? ({ type }) => keeps(type) : ({ stream }) => keeps(stream),
    window,
    interval: window * multiplier,
  };
}

function textFilter(expression: Streams.ReadReq.Options.FilterOptions.Expression): (text: string) => boolean {
  const regex = expression.getRegex();
  if (regex === '') {
    const prefixes = expression.getPrefixList();
    return (text) => prefixes.some((prefix) => text.startsWith(prefix));
  }
  const excluded = excludedBy(regex);
  const compiled = compilePattern(excluded ?? regex);
  if (!compiled.ok) throw unforeseen();
  return (text) => compiled.pattern.matches(text) === (excluded === undefined);
}
