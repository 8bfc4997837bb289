import type { Clock } from '#domain/ports/clock.js';
import type { NodeSeen } from '#domain/ports/seen-broadcast.js';

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
}

/**
 * `listed`: the allocations that a heartbeat named; undefined where it said nothing about them, or was none. `here`: this server
 * itself heard it.
 */
export type HeardListener = (nodeId: string, heard: Heard, listed: readonly string[] | undefined, here: boolean) => void;

/** Resources kept of a heartbeat. */
const MAX_RESOURCES = 64;

/** Last signs of life of every node that this server heard, or was told of by another. */
export class NodeTelemetryBook {
  readonly #heard = new Map<string, Heard>();
  readonly #listeners = new Set<HeardListener>();

  constructor(private readonly clock: Clock) {}

  registered(nodeId: string, resources: Readonly<Record<string, number>>): void {
    this.#keep(nodeId, resources, undefined, undefined);
  }

  /** A heartbeat was taken. */
  heartbeat(nodeId: string, resources: Readonly<Record<string, number>>, listed: readonly string[] | undefined): void {
    this.#keep(nodeId, resources, listed !== undefined, listed);
  }

  /** It was heard, though nothing of what it said could be taken. */
  touched(nodeId: string): void {
    const before = this.#heard.get(nodeId);
    const heard: Heard = { resources: {}, lists: undefined, gap: undefined, ...before, at: this.clock.now(), monotonic: this.clock.monotonic() };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners) listener(nodeId, heard, undefined, true);
  }

  /** Another server heard of it. */
  seenElsewhere({ nodeId, ageMs, resources, lists, listed }: NodeSeen): void {
    const age = Math.max(0, ageMs);
    const before = this.#heard.get(nodeId);
    const monotonic = this.clock.monotonic() - age;
    if (before !== undefined && before.monotonic > monotonic) return;
    // A sign told twice is one.
    const gap = before === undefined || monotonic - before.monotonic < 1 ? before?.gap : monotonic - before.monotonic;
    const heard: Heard = { at: this.clock.now() - age, monotonic, resources, lists, gap };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners) listener(nodeId, heard, listed, false);
  }

  of(nodeId: string): Heard | undefined {
    return this.#heard.get(nodeId);
  }

  /** Forgets all nodes but these. */
  retain(nodes: { has(nodeId: string): boolean }): void {
    for (const nodeId of this.#heard.keys()) if (!nodes.has(nodeId)) this.#heard.delete(nodeId);
  }

  /** Called for each sign of life. Answers the way to end it. */
  onHeard(listener: HeardListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #keep(nodeId: string, resources: Readonly<Record<string, number>>, lists: boolean | undefined, listed: readonly string[] | undefined): void {
    const kept = Object.fromEntries(Object.entries(resources).slice(0, MAX_RESOURCES));
    const before = this.#heard.get(nodeId);
    const monotonic = this.clock.monotonic();
    const gap = lists === undefined || before?.lists === undefined ? undefined : monotonic - before.monotonic;
    const heard: Heard = { at: this.clock.now(), monotonic, resources: kept, lists, gap };
    this.#heard.set(nodeId, heard);
    for (const listener of this.#listeners) listener(nodeId, heard, listed, true);
  }
}
