import type { AgentProtocol } from '../../nodes/node/events.js';
import type { Placement } from './placement.js';

/** The dispatcher's record of its calls about one allocation. It is held in memory only. After a restart, the order is `unknown`. */
export interface DeliveryAttempt {
  /** `none`: never sent. `unknown`: sent, and may still arrive. `acknowledged`: accepted by the agent. */
  readonly order: 'none' | 'unknown' | 'acknowledged';
  readonly sentAt: number;
  readonly failures: number;
  /** Earliest time of the next call, in monotonic milliseconds. */
  readonly notBefore: number;
  readonly absences: number;
  readonly absentAt: number;
  /** Whether a stop was attempted. If so, the next one is delayed. The first stop is never delayed. */
  readonly stopTried: boolean;
}

export const NOT_ATTEMPTED: DeliveryAttempt = {
  order: 'none',
  sentAt: 0,
  failures: 0,
  notBefore: 0,
  absences: 0,
  absentAt: 0,
  stopTried: false,
};

export interface NodeConditions {
  readonly protocol: AgentProtocol;
  readonly unreachable: boolean;
  readonly lists: boolean | undefined;
  readonly now: number;
}

/** A wait ends at `until`, or earlier if the placement or the node changes or the node is heard from. */
export type Step =
  | { readonly kind: 'place' | 'ask' | 'stop' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'rest' };

/** After this many failures the order is no longer sent, because Muster agents also receive their orders in responses to heartbeats. */
export const MAX_ORDER_ATTEMPTS = 4;

/** Returns the next action for an allocation. Only the log's facts are binding. The recorded attempts merely determine when to retry. */
export function nextStep(
  placement: Placement,
  dealings: DeliveryAttempt,
  { protocol, unreachable, lists, now }: NodeConditions,
): Step {
  if (unreachable || placement.ended) return { kind: 'rest' };
  if (placement.unwanted) return dealings.stopTried ? patiently('stop') : { kind: 'stop' };
  if (placement.started || placement.accepted)
    return protocol === 'muster' || lists === true ? { kind: 'rest' } : patiently('ask');
  if (protocol === 'muster')
    return dealings.order === 'acknowledged' || dealings.failures >= MAX_ORDER_ATTEMPTS
      ? { kind: 'rest' }
      : patiently('place');
  return patiently(dealings.order === 'none' ? 'place' : 'ask');

  function patiently(kind: 'place' | 'ask' | 'stop'): Step {
    return now < dealings.notBefore ? { kind: 'wait', until: dealings.notBefore } : { kind };
  }
}

/** Returns whether an order can no longer arrive: it timed out, and the agent was heard from afterwards. */
export function isSettled(
  dealings: DeliveryAttempt,
  heardAt: number | undefined,
  requestTimeoutMs: number,
): boolean {
  return (
    dealings.order !== 'unknown' || (heardAt !== undefined && heardAt > dealings.sentAt + requestTimeoutMs)
  );
}
