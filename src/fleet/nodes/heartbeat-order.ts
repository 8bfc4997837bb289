/** Time after which an older timestamp is accepted, in milliseconds. If nothing newer arrived for that long, the agent's clock was set back. */
const CLOCK_SET_BACK_MS = 20_000;

interface Newest {
  readonly timestamp: number;
  readonly heardAt: number;
}

export class HeartbeatOrder {
  readonly #newest = new Map<string, Newest>();

  /**
   * Whether a newer heartbeat has already been received. A heartbeat without a timestamp is never old, nor is one with an equal timestamp, since an
   * agent that uses whole seconds may send two different heartbeats within one second. `now`: monotonic milliseconds.
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
   * Records a heartbeat as the latest. Returns false without recording it if it is old, or if it has the timestamp of the latest and may be a
   * duplicate, so that missing allocations are counted only once.
   */
  take(nodeId: string, timestamp: number | undefined, now: number): boolean {
    const again = timestamp !== undefined && timestamp === this.#newest.get(nodeId)?.timestamp;
    if (again || this.isOld(nodeId, timestamp, now)) return false;
    if (timestamp !== undefined) this.#newest.set(nodeId, { timestamp, heardAt: now });
    return true;
  }

  forget(nodeId: string): void {
    this.#newest.delete(nodeId);
  }
}
