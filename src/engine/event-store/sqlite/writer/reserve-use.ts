import { SCHEDULER_STREAM } from '#domain/kernel/event/stream-name.js';
import type { ReserveUse } from '../../space-reserve.js';
import type { WriteRequest } from './messages.js';

const NODE_STREAMS = 'node-';

/**
 * Returns how an append may use the log's reserve. Undefined for new work and for appends of protocol clients. `ending`: the types of events that end
 * work.
 */
export function reserveUse(request: WriteRequest, ending: ReadonlySet<string>): ReserveUse | undefined {
  if (request.do !== 'append') return undefined;
  if (request.urgent === true) return 'ends';
  let ends = true;
  // Each event has four texts; the second is its type.
  for (let at = 1; ends && at < request.texts.length; at += 4) ends = ending.has(request.texts[at] ?? '');
  if (ends) return 'ends';
  return request.stream === SCHEDULER_STREAM || request.stream.startsWith(NODE_STREAMS)
    ? 'follows'
    : undefined;
}
