export type DeliveryListener = (nodeId: string, allocationIds: readonly string[]) => void;

/** Notifies of allocations in the desired lists that agents have fetched, so that no order has to be sent for them. */
export class DeliveredOrders {
  readonly #listeners = new Set<DeliveryListener>();

  given(nodeId: string, allocationIds: readonly string[]): void {
    for (const listener of this.#listeners) listener(nodeId, allocationIds);
  }

  onGiven(listener: DeliveryListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
