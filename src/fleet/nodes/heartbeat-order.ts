/**
 * Monotonic milliseconds after which an older timestamp is believed: an agent of which nothing newer came for so long has had its clock
 * set back.
 */
const CLOCK_SET_BACK_AFTER = 20_000;

interface Newest {
  readonly timestamp: number;
  /** Monotonic milliseconds at which it was heard. */
  readonly heardAt: number;
}

/** Tells a heartbeat that comes late, or a second time, from a new one, by the timestamps that agents give them. */
export class HeartbeatOrder {
  readonly #newest = new Map<string, Newest>();

  /**
   * Whether a newer one was heard before. A heartbeat without a timestamp is never old, and neither is one with the newest's: an agent that counts
   * whole seconds may have news twice in one. `now`: monotonic milliseconds.
   */
  isOld(nodeId: string, timestamp: number | undefined, now: number): boolean {
    const newest = this.#newest.get(nodeId);
    return newest !== undefined && timestamp !== undefined && timestamp < newest.timestamp && now - newest.heardAt < CLOCK_SET_BACK_AFTER;
  }

  /** Keeps it as the newest. Answers false, and keeps nothing, where it is old or may be the newest once more: what it leaves out is then counted once. */
  take(nodeId: string, timestamp: number | undefined, now: number): boolean {
    const again = timestamp !== undefined && timestamp === this.#newest.get(nodeId)?.timestamp;
    if (again || this.isOld(nodeId, timestamp, now)) return false;
    if (timestamp !== undefined) this.#newest.set(nodeId, { timestamp, heardAt: now });
    return true;
  }

  /** It registered anew: its clock may be another. */
  forget(nodeId: string): void {
    this.#newest.delete(nodeId);
  }
}
