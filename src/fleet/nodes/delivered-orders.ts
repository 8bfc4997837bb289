export type DeliveryListener = (nodeId: string, allocationIds: readonly string[]) => void;

/** Notifies listeners of the allocations in desired lists that agents have fetched, because these orders need not be sent. */
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
