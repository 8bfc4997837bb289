import type { Clock } from '#domain/kernel/ports/clock.js';
import type { NodeSeen } from '#domain/kernel/ports/presence-broadcast.js';
import { HeartbeatOrder } from './heartbeat-order.js';

/** The latest heartbeat of a node. It exists only in memory, and no event depends on it. */
export interface SeenNode {
  readonly at: number;
  readonly monotonic: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly lists: boolean | undefined;
  /** Time between the last two heartbeats, in milliseconds. Undefined if there have not been two since the node registered. */
  readonly gap: number | undefined;
  /** Timestamp of the latest heartbeat, in Unix seconds by the node's own clock. Undefined if there has been none since the node registered. */
  readonly said: number | undefined;
}

export interface SignOfLife {
  readonly listed: readonly string[] | undefined;
  readonly here: boolean;
  readonly newest: boolean;
}

export type HeardListener = (nodeId: string, heard: SeenNode, sign: SignOfLife) => void;

export interface HeartbeatSign {
  readonly resources: Readonly<Record<string, number>>;
  readonly listed: readonly string[] | undefined;
  /** Unix seconds by the agent's own clock. */
  readonly timestamp: number | undefined;
}

const MAX_RESOURCES = 64;

/** Tracks when this server or another one last received a heartbeat from each node. */
export class LastSeen {
  readonly #heard = new Map<string, SeenNode>();
  readonly #listeners = new Set<HeardListener>();
  readonly #order = new HeartbeatOrder();

  constructor(private readonly clock: Clock) {}

  registered(nodeId: string, resources: Readonly<Record<string, number>>): void {
    this.#order.forget(nodeId);
    this.#keep(nodeId, resources, undefined, undefined, undefined);
  }

  isOld(nodeId: string, timestamp: number | undefined): boolean {
    return this.#order.isOld(nodeId, timestamp, this.clock.monotonic());
  }

  heartbeat(nodeId: string, { resources, listed, timestamp }: HeartbeatSign): void {
    if (this.#order.take(nodeId, timestamp, this.clock.monotonic()))
      this.#keep(nodeId, resources, listed !== undefined, listed, timestamp);
    else this.touched(nodeId);
  }

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

  retain(nodes: { has(nodeId: string): boolean }): void {
    for (const nodeId of this.#heard.keys()) {
      if (!nodes.has(nodeId)) this.forget(nodeId);
    }
  }

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
