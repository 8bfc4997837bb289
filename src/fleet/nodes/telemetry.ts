import type { Clock } from '#domain/ports/clock.js';
import type { NodeSeen } from '#domain/ports/seen-broadcast.js';
import { HeartbeatOrder } from './heartbeat-order.js';

/** What was heard of a node, newest. In memory only: no fact rests on it. */
export interface Heard {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** By the clock that never jumps. */
  readonly monotonic: number;
  /** Resources as its heartbeat observed them, usage among them. */
  readonly resources: Readonly<Record<string, number>>;
  /** Its newest heartbeat named allocations, be it none. Undefined: no heartbeat since it registered. */
  readonly lists: boolean | undefined;
  /** Milliseconds between its newest two heartbeats. Undefined: there were not two since it registered. */
  readonly gap: number | undefined;
  /** Unix seconds by its own clock, as its newest heartbeat said. Undefined: it said none since it registered. */
  readonly said: number | undefined;
}

/** What was heard with a sign of life. */
export interface Sign {
  /** The allocations that a heartbeat named; undefined where it said nothing about them, or was none. */
  readonly listed: readonly string[] | undefined;
  /** This server itself heard it. */
  readonly here: boolean;
  /** It is the newest word of the node. Else one that came late or could not be taken: the node lives, and that is all. */
  readonly newest: boolean;
}

export type HeardListener = (nodeId: string, heard: Heard, sign: Sign) => void;

/** One heartbeat's say, apart from its reports. */
export interface HeartbeatSign {
  readonly resources: Readonly<Record<string, number>>;
  /** Ids of the allocations that it named; undefined: it named none, not even that there are none. */
  readonly listed: readonly string[] | undefined;
  /** Unix seconds by the agent's own clock. */
  readonly timestamp: number | undefined;
}

/** Resources kept of a heartbeat. */
const MAX_RESOURCES = 64;

/** Last signs of life of every node that this server heard, or was told of by another. */
export class NodeTelemetryBook {
  readonly #heard = new Map<string, Heard>();
  readonly #listeners = new Set<HeardListener>();
  readonly #order = new HeartbeatOrder();

  constructor(private readonly clock: Clock) {}

  registered(nodeId: string, resources: Readonly<Record<string, number>>): void {
    this.#order.forget(nodeId);
    this.#keep(nodeId, resources, undefined, undefined, undefined);
  }

  /** Whether a heartbeat of this timestamp comes late: a newer one was heard before. */
  isOld(nodeId: string, timestamp: number | undefined): boolean {
    return this.#order.isOld(nodeId, timestamp, this.clock.monotonic());
  }

  /** A heartbeat was taken. */
  heartbeat(nodeId: string, { resources, listed, timestamp }: HeartbeatSign): void {
    if (this.#order.take(nodeId, timestamp, this.clock.monotonic())) this.#keep(nodeId, resources, listed !== undefined, listed, timestamp);
    else this.touched(nodeId);
  }

  /** It was heard, though nothing of what it said could be taken. */
  touched(nodeId: string): void {
    const before = this.#heard.get(nodeId);
    const heard: Heard = {
      resources: {},
      lists: undefined,
      gap: undefined,
      said: undefined,
      ...before,
      at: this.clock.now(),
      monotonic: this.clock.monotonic(),
    };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners) listener(nodeId, heard, { listed: undefined, here: true, newest: false });
  }

  /** Another server heard of it. */
  seenElsewhere({ nodeId, ageMs, resources, lists, listed, said }: NodeSeen): void {
    const age = Math.max(0, ageMs);
    const before = this.#heard.get(nodeId);
    const monotonic = this.clock.monotonic() - age;
    if (before !== undefined && before.monotonic > monotonic) return;
    // A sign told twice is one.
    const gap = before === undefined || monotonic - before.monotonic < 1 ? before?.gap : monotonic - before.monotonic;
    const heard: Heard = { at: this.clock.now() - age, monotonic, resources, lists, gap, said };
    this.#heard.set(nodeId, heard);
    this.#order.take(nodeId, said, monotonic);
    for (const listener of this.#listeners) listener(nodeId, heard, { listed, here: false, newest: true });
  }

  of(nodeId: string): Heard | undefined {
    return this.#heard.get(nodeId);
  }

  forget(nodeId: string): void {
    this.#heard.delete(nodeId);
    this.#order.forget(nodeId);
  }

  /** Forgets all nodes but these. */
  retain(nodes: { has(nodeId: string): boolean }): void {
    for (const nodeId of this.#heard.keys()) {
      if (!nodes.has(nodeId)) this.forget(nodeId);
    }
  }

  /** Called for each sign of life. Answers the way to end it. */
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
    const heard: Heard = { at: this.clock.now(), monotonic, resources: kept, lists, gap, said };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners) listener(nodeId, heard, { listed, here: true, newest: true });
  }
}
