import type { Clock } from '#domain/kernel/ports/clock.js';

/** An agent that this server refused because another agent, which is up, holds its node id. */
export interface RefusedAgent {
  readonly nodeId: string;
  readonly address: string;
  readonly holder: string;
}

/** Longer than the time after which a refused agent asks again, so that it is listed for as long as it asks. */
const LISTED_MS = 120_000;
const MAX_LISTED = 1000;

/** The agents that this server refused lately. They exist only in memory, because each of them asks again. */
export class RefusedAgents {
  readonly #refused = new Map<string, RefusedAgent & { readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  add(refused: RefusedAgent): void {
    this.#refused.delete(refused.nodeId);
    this.#refused.set(refused.nodeId, { ...refused, at: this.clock.monotonic() });
    const [oldest] = this.#refused.size > MAX_LISTED ? this.#refused.keys() : [];
    if (oldest !== undefined) this.#refused.delete(oldest);
  }

  list(): readonly RefusedAgent[] {
    const since = this.clock.monotonic() - LISTED_MS;
    for (const [nodeId, { at }] of this.#refused) if (at < since) this.#refused.delete(nodeId);
    return [...this.#refused.values()].map(({ nodeId, address, holder }) => ({ nodeId, address, holder }));
  }
}
