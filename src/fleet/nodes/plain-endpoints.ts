import { isProvenEndpoint } from '#domain/protocol/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import type { AgentCall } from './node-commands.js';

/** How often a node is asked to register again, in milliseconds. Each registration is an event. */
const REREGISTER_INTERVAL_MS = 600_000;

/**
 * Finds nodes whose endpoint was recorded by a server of an earlier release. Such a server records that the agent accepts a token, although the agent
 * accepts only proofs and refuses orders with a token. Registering again corrects the endpoint. While servers of the earlier release still run, one of
 * them may record it wrongly again, so a node is asked at most once in {@link REREGISTER_INTERVAL_MS}.
 */
export class PlainEndpoints {
  readonly #askedAt = new Map<string, number>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  mustRegister(node: PlacedNode | undefined, call: AgentCall): boolean {
    if (node === undefined || call.expectsProofs !== true || call.channel === 'nats') return false;
    const { nodeId, endpoint, epoch } = node;
    // With another epoch, the registration of this agent is not folded yet.
    if (call.epoch !== epoch || endpoint?.startsWith('http') !== true || isProvenEndpoint(endpoint))
      return false;
    const now = this.clock.monotonic();
    const askedAt = this.#askedAt.get(nodeId);
    if (askedAt !== undefined && now - askedAt < REREGISTER_INTERVAL_MS) return false;
    this.#askedAt.set(nodeId, now);
    return true;
  }
}
