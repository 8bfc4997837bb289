export type GivenListener = (nodeId: string, allocationIds: readonly string[]) => void;

/** Tells which allocations agents were given here, in a list of what they should run: no order has to tell them again. */
export class DeliveredOrders {
  readonly #listeners = new Set<GivenListener>();

  given(nodeId: string, allocationIds: readonly string[]): void {
    for (const listener of this.#listeners) listener(nodeId, allocationIds);
  }

  /** Answers the way to end it. */
  onGiven(listener: GivenListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
