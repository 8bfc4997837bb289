import type { AgentProtocol } from '../../nodes/node/events.js';
import type { Placement } from './placement.js';

/** The dispatcher's record of its calls about one allocation. It is held in memory only; after a restart the order is `unknown`. */
export interface DeliveryAttempt {
  /** `none`: never sent. `unknown`: sent, and it may still arrive. `acknowledged`: accepted by the agent. */
  readonly order: 'none' | 'unknown' | 'acknowledged';
  /** When the last order was sent, in monotonic milliseconds. */
  readonly sentAt: number;
  readonly failures: number;
  /** Earliest time of the next call, in monotonic milliseconds. */
  readonly notBefore: number;
  /** Consecutive checks, one heartbeat apart, in which the agent did not have the allocation. */
  readonly absences: number;
  /** Time of the newest such check, in monotonic milliseconds. */
  readonly absentAt: number;
  /** A stop was attempted, so the next one is delayed. The first stop is never delayed. */
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

/** The node's condition now. Times are monotonic milliseconds. */
export interface NodeConditions {
  readonly protocol: AgentProtocol;
  /** The node is down or has no endpoint. */
  readonly unreachable: boolean;
  /** Whether its last heartbeat listed its allocations; undefined: no heartbeat yet. */
  readonly lists: boolean | undefined;
  readonly now: number;
}

/** A wait ends at `until`, or as soon as the placement or the node changes or the node is heard. */
export type Step =
  | { readonly kind: 'place' | 'ask' | 'stop' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'rest' };

/** Our agents also learn of their orders from heartbeats, so after this many failures the next heartbeat delivers them. */
export const MAX_ORDER_ATTEMPTS = 4;

/** Returns what to do about an allocation. Only the log's facts are binding; the remembered attempts merely decide when to retry. */
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

/** Returns whether an order of unknown outcome can no longer arrive: the request timeout has passed, and the agent was heard after it. */
export function isSettled(
  dealings: DeliveryAttempt,
  heardAt: number | undefined,
  requestTimeoutMs: number,
): boolean {
  return (
    dealings.order !== 'unknown' || (heardAt !== undefined && heardAt > dealings.sentAt + requestTimeoutMs)
  );
}
