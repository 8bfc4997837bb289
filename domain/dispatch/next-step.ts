import type { AgentProtocol } from '../node/events.js';
import type { Placement } from './placement.js';

/** What a dispatcher remembers of its dealings about one allocation. Only in memory: after a restart the order is `unknown`. */
export interface DeliveryAttempt {
  /**
   * What became of the order. `none`: never sent. `unknown`: sent, and nobody knows whether it arrived or yet will.
   * `acknowledged`: the agent said yes.
   */
  readonly order: 'none' | 'unknown' | 'acknowledged';
  /** Monotonic milliseconds: when the last order left. */
  readonly sentAt: number;
  /** Calls in a row that brought nothing. */
  readonly failures: number;
  /** Monotonic milliseconds: nothing is tried before. */
  readonly notBefore: number;
  /** Looks in a row at which the agent did not have it, a heartbeat apart. */
  readonly absences: number;
  /** Monotonic milliseconds of the newest such look. */
  readonly absentAt: number;
  /** A stop was tried: the next one has its own pause. Before, it waits for nothing. */
  readonly stopTried: boolean;
}

export const NOT_ATTEMPTED: DeliveryAttempt = { order: 'none', sentAt: 0, failures: 0, notBefore: 0, absences: 0, absentAt: 0, stopTried: false };

/** The node, now. Times are monotonic milliseconds. */
export interface NodeConditions {
  readonly protocol: AgentProtocol;
  /** Nobody can be asked: the node is down or has no endpoint. */
  readonly unreachable: boolean;
  /** Its last heartbeat named its allocations. Undefined: none was heard yet. */
  readonly lists: boolean | undefined;
  readonly now: number;
}

/** `until` a moment, or until something changes (the placement, the node, or that it is heard). */
export type Step = { readonly kind: 'place' | 'ask' | 'stop' } | { readonly kind: 'wait'; readonly until: number } | { readonly kind: 'rest' };

/** An order to one of our agents is a hint: after so many failures its next heartbeat brings what it missed. */
export const MAX_ORDER_ATTEMPTS = 4;

/** What to do about an allocation. Facts come from the log, the rest is courtesy and patience. */
export function nextStep(placement: Placement, dealings: DeliveryAttempt, { protocol, unreachable, lists, now }: NodeConditions): Step {
  if (unreachable || placement.ended) return { kind: 'rest' };
  if (placement.unwanted) return dealings.stopTried ? patiently('stop') : { kind: 'stop' };
  if (placement.started || placement.accepted) return protocol === 'muster' || lists === true ? { kind: 'rest' } : patiently('ask');
  if (protocol === 'muster') return dealings.order === 'acknowledged' || dealings.failures >= MAX_ORDER_ATTEMPTS ? { kind: 'rest' } : patiently('place');
  return patiently(dealings.order === 'none' ? 'place' : 'ask');

  function patiently(kind: 'place' | 'ask' | 'stop'): Step {
    return now < dealings.notBefore ? { kind: 'wait', until: dealings.notBefore } : { kind };
  }
}

/**
 * Whether an order whose outcome is unknown can no longer arrive: the request timeout has passed since it left, and the
 * agent was heard after that.
 */
export function isSettled(dealings: DeliveryAttempt, heardAt: number | undefined, requestTimeoutMs: number): boolean {
  return dealings.order !== 'unknown' || (heardAt !== undefined && heardAt > dealings.sentAt + requestTimeoutMs);
}

/** Milliseconds to wait after so many failures in a row: doubling from `first`, at most `most`. */
export function backOff(failures: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(20, Math.max(0, failures - 1)));
}
