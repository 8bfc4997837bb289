/** Monotonic milliseconds after which an older timestamp is accepted: if nothing newer arrived for so long, the agent's clock was set back. */
const CLOCK_SET_BACK_MS = 20_000;

interface Newest {
  readonly timestamp: number;
  /** Monotonic time of arrival in milliseconds. */
  readonly heardAt: number;
}

export class HeartbeatOrder {
  readonly #newest = new Map<string, Newest>();

  /**
   * Whether a newer heartbeat was received before. Without a timestamp a heartbeat is never old. An equal timestamp is not old either, since an agent
   * that counts whole seconds may send news twice within one. `now`: monotonic milliseconds.
   */
  isOld(nodeId: string, timestamp: number | undefined, now: number): boolean {
    const newest = this.#newest.get(nodeId);
    return (
      newest !== undefined &&
      timestamp !== undefined &&
      timestamp < newest.timestamp &&
      now - newest.heardAt < CLOCK_SET_BACK_MS
    );
  }

  /**
   * Records it as the newest. Returns false without recording it if it is old or may be a duplicate of the newest: then missing allocations are
   * counted only once.
   */
  take(nodeId: string, timestamp: number | undefined, now: number): boolean {
    const again = timestamp !== undefined && timestamp === this.#newest.get(nodeId)?.timestamp;
    if (again || this.isOld(nodeId, timestamp, now)) return false;
    if (timestamp !== undefined) this.#newest.set(nodeId, { timestamp, heardAt: now });
    return true;
  }

  /** The node registered again, so its clock may be another one. */
  forget(nodeId: string): void {
    this.#newest.delete(nodeId);
  }
}
