import type { Clock } from '#domain/kernel/ports/clock.js';
import type { NodeSeen } from '#domain/kernel/ports/presence-broadcast.js';
import { HeartbeatOrder } from './heartbeat-order.js';

/** The newest heartbeat of a node. It is only in memory, and no event depends on it. */
export interface SeenNode {
  readonly at: number;
  /** By the monotonic clock. */
  readonly monotonic: number;
  readonly resources: Readonly<Record<string, number>>;
  /** Whether its newest heartbeat had a list of allocations, even an empty one. Undefined before the first heartbeat after its registration. */
  readonly lists: boolean | undefined;
  /** Milliseconds between its last two heartbeats. Undefined if there were no two since its registration. */
  readonly gap: number | undefined;
  /** Timestamp of its newest heartbeat, in Unix seconds by its own clock. Undefined if there was none since its registration. */
  readonly said: number | undefined;
}

export interface SignOfLife {
  readonly listed: readonly string[] | undefined;
  readonly here: boolean;
  /** Whether it is the newest report. A late or rejected one only shows that the node is alive. */
  readonly newest: boolean;
}

export type HeardListener = (nodeId: string, heard: SeenNode, sign: SignOfLife) => void;

export interface HeartbeatSign {
  readonly resources: Readonly<Record<string, number>>;
  /** Ids of the listed allocations; undefined without a list, which is different from an empty one. */
  readonly listed: readonly string[] | undefined;
  /** Unix seconds by the agent's own clock. */
  readonly timestamp: number | undefined;
}

const MAX_RESOURCES = 64;

/** When each node was last heard from, by this server or another one. */
export class LastSeen {
  readonly #heard = new Map<string, SeenNode>();
  readonly #listeners = new Set<HeardListener>();
  readonly #order = new HeartbeatOrder();

  constructor(private readonly clock: Clock) {}

  registered(nodeId: string, resources: Readonly<Record<string, number>>): void {
    this.#order.forget(nodeId);
    this.#keep(nodeId, resources, undefined, undefined, undefined);
  }

  /** Whether a newer heartbeat than one with this timestamp was received before. */
  isOld(nodeId: string, timestamp: number | undefined): boolean {
    return this.#order.isOld(nodeId, timestamp, this.clock.monotonic());
  }

  heartbeat(nodeId: string, { resources, listed, timestamp }: HeartbeatSign): void {
    if (this.#order.take(nodeId, timestamp, this.clock.monotonic()))
      this.#keep(nodeId, resources, listed !== undefined, listed, timestamp);
    else this.touched(nodeId);
  }

  /** Records that the node is alive although its message was not accepted. */
  touched(nodeId: string): void {
    const before = this.#heard.get(nodeId);
    const heard: SeenNode = {
      resources: {},
      lists: undefined,
      gap: undefined,
      said: undefined,
      ...before,
      at: this.clock.now(),
      monotonic: this.clock.monotonic(),
    };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners)
      listener(nodeId, heard, { listed: undefined, here: true, newest: false });
  }

  seenElsewhere({ nodeId, ageMs, resources, lists, listed, said }: NodeSeen): void {
    const age = Math.max(0, ageMs);
    const before = this.#heard.get(nodeId);
    const monotonic = this.clock.monotonic() - age;
    if (before !== undefined && before.monotonic > monotonic) return;
    // A heartbeat that is reported twice counts once.
    const gap =
      before === undefined || monotonic - before.monotonic < 1 ? before?.gap : monotonic - before.monotonic;
    const heard: SeenNode = { at: this.clock.now() - age, monotonic, resources, lists, gap, said };
    this.#heard.set(nodeId, heard);
    this.#order.take(nodeId, said, monotonic);
    for (const listener of this.#listeners) listener(nodeId, heard, { listed, here: false, newest: true });
  }

  of(nodeId: string): SeenNode | undefined {
    return this.#heard.get(nodeId);
  }

  forget(nodeId: string): void {
    this.#heard.delete(nodeId);
    this.#order.forget(nodeId);
  }

  /** Drops all nodes but these. */
  retain(nodes: { has(nodeId: string): boolean }): void {
    for (const nodeId of this.#heard.keys()) {
      if (!nodes.has(nodeId)) this.forget(nodeId);
    }
  }

  /** Called for each sign of life. Returns a function that ends the subscription. */
  onHeard(listener: HeardListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #keep(
    nodeId: string,
    resources: Readonly<Record<string, number>>,
    lists: boolean | undefined,
    listed: readonly string[] | undefined,
    said: number | undefined,
  ): void {
    const kept = Object.fromEntries(Object.entries(resources).slice(0, MAX_RESOURCES));
    const before = this.#heard.get(nodeId);
    const monotonic = this.clock.monotonic();
    const gap = lists === undefined || before?.lists === undefined ? undefined : monotonic - before.monotonic;
    const heard: SeenNode = { at: this.clock.now(), monotonic, resources: kept, lists, gap, said };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners) listener(nodeId, heard, { listed, here: true, newest: true });
  }
}
