import { join } from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { eventAt } from '#src/engine/event-store/index.js';
import { adoptedOriginIn } from './adoption.js';
import { checkpointText, type TreeCheckpoint } from './checkpoint.js';
import { firstDifference, namedTree, positionOf, type DifferentEntry, type LogFork } from './fork.js';
import { leafHash } from './hashing.js';
import { openTreeWith } from './known-tree.js';
import { keepCheckpoint, notOwn, ownCheckpoint, readKeptCheckpoint } from './kept-checkpoint.js';
import { leafOf } from './leaf.js';
import { noteSigner } from './note.js';
import { epochOf, logOf, originOf } from './origin.js';
import { publish, readPublished } from './published-checkpoints.js';
import { describeAltered, Recheck } from './recheck.js';
import { TILE_WIDTH } from './tile-path.js';
import { TLOG_FILE, TreeDamaged, type NewLeaf, type TileStore } from './tile-store.js';
import { rootOf } from './tree.js';

const INTERVAL_MS = 750;
/**
 * After at least {@link MANY} events were added in a step, the next {@link BUSY_STEPS} follow sooner, so that the tree is less than a second behind. Less
 * than the settling time would not do, because only heads that a step has seen settle.
 */
const BUSY_INTERVAL_MS = 200;
const MANY = 1_000;
const BUSY_STEPS = 15;
/** Milliseconds to wait before a new event is added to the tree, because a store can lose its newest events in a failover. */
const SETTLED_MS = 2_000;
const SIGN_INTERVAL_MS = 10_000;
const COMPARE_INTERVAL_MS = 60_000;
const PUBLISH_INTERVAL_MS = 600_000;

export interface FollowerOptions {
  readonly store: Pick<EventStore, 'id' | 'head' | 'readAll' | 'readStream' | 'append'>;
  /** Whether other servers follow the same log, so that they compare what they have signed. Default: false. */
  readonly isShared?: boolean;
  readonly tiles: TileStore;
  /** The data directory. The newest checkpoint is stored there, separately from the tree. */
  readonly directory: string;
  /** Whether a stream belongs to Muster. Foreign streams may be truncated or deleted, so they are excluded from the tree. */
  readonly isOwnStream: (stream: string) => boolean;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly seed: Uint8Array;
  readonly onProgress?: (state: FollowerState) => void;
}

export interface FollowerState {
  /** Number of events in the tree. */
  readonly size: number;
  /** Number of events in the newest checkpoint that was ever signed here. */
  readonly signed: number;
  /** Whether the tree is being rebuilt and has not been compared with that checkpoint yet. */
  readonly isRebuilding: boolean;
  readonly fork: LogFork | undefined;
  /** Describes an event whose write time is not the one that was read. Undefined if there is none. */
  readonly moved: string | undefined;
}

/**
 * Follows the log and maintains its Merkle tree. Commands and requests never wait for it. If the log no longer contains the events of the tree, the
 * tree is rebuilt and compared with the newest signed checkpoint. If they differ, nothing is signed until an administrator adopts the fork.
 */
export class TransparencyFollower {
  readonly #options: FollowerOptions;
  /** Heads of the log, each with the time at which it was seen, oldest first. */
  #heads: { readonly position: bigint; readonly at: number }[] = [];
  /** Position up to which everything was read. Foreign events do not advance the tree's own position. */
  #read: bigint | undefined;
  /** The newest signed checkpoint. Nothing that contradicts it may be signed. */
  #signed: { readonly log: string; readonly checkpoint: TreeCheckpoint } | undefined;
  #signedAt = -Infinity;
  /** Whether the tree begins with the signed tree, or the fork was adopted. */
  #agrees = false;
  #fork: LogFork | undefined;
  readonly #recheck: Recheck;
  #comparedAt = -Infinity;
  #publishedAt = -Infinity;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { tiles, store, directory, seed } = options;
    this.#recheck = new Recheck(options);
    this.#signed = readKeptCheckpoint(directory, seed);
    const note = tiles.checkpoint();
    const checkpoint = note === undefined ? undefined : ownCheckpoint(note, seed);
    if (note !== undefined && checkpoint === undefined) throw notOwn(join(directory, TLOG_FILE));
    if (note !== undefined && checkpoint !== undefined && isNewer(checkpoint, this.#signed?.checkpoint)) {
      keepCheckpoint(directory, { log: store.id, note });
      this.#signed = { log: store.id, checkpoint };
    }
  }

  state(): FollowerState {
    const signed = this.#signed?.checkpoint.size ?? 0;
    const { size } = this.#options.tiles.state();
    const isRebuilding = !this.#agrees && this.#fork === undefined && size < signed;
    const { moved } = this.#recheck;
    return { size, signed, isRebuilding, fork: this.#fork, moved: moved && describeAltered(moved) };
  }

  async run(signal: AbortSignal): Promise<void> {
    let busySteps = 0;
    while (!signal.aborted) {
      const before = this.state().size;
      await this.step(signal);
      this.#options.onProgress?.(this.state());
      busySteps = this.state().size - before >= MANY ? BUSY_STEPS : busySteps - 1;
      await this.#options.clock.sleep(busySteps > 0 ? BUSY_INTERVAL_MS : INTERVAL_MS, signal);
    }
    // The next server that follows the log can then find that it was altered in the meantime.
    if (!this.#agrees) return;
    await this.signRest();
    await this.#publish(this.#options.clock.monotonic());
  }

  /** Signs everything in the tree, unless it contradicts what was signed. */
  async signRest(): Promise<void> {
    const { tiles, clock } = this.#options;
    const { size } = tiles.state();
    if (size > sizeIn(tiles.checkpoint()) && (await this.#hasAgreed())) this.#sign(size, clock.monotonic());
  }

  /** Adds settled events to the tree, and signs the tree if a signature is due. */
  async step(signal?: AbortSignal): Promise<void> {
    try {
      await this.#step(signal);
    } catch (error) {
      if (!(error instanceof TreeDamaged)) throw error;
      this.#startOver();
    }
  }

  async #step(signal: AbortSignal | undefined): Promise<void> {
    const { clock, store, tiles } = this.#options;
    const now = clock.monotonic();
    const head = await store.head();
    const newest = this.#heads.at(-1)?.position;
    if (head !== undefined && head !== newest) this.#heads.push({ position: head, at: now });
    if (!(await this.#holdsLast())) this.#startOver();
    // Before anything is added to the tree, so that a start on an altered log signs no more than what was read before.
    if ((await this.#recheck.next(now, signal)) !== undefined) {
      // The tree still has the entries that were read. Once they are signed, the log that replaced them is a fork.
      await this.signRest();
      this.#startOver();
    }
    if (signal?.aborted === true) return;
    const settled = this.#heads.findLast(({ at }) => at <= now - SETTLED_MS)?.position;
    if (settled === undefined) return;
    this.#heads = this.#heads.filter(({ position }) => position >= settled);
    if (!(await this.#readUpTo(settled, signal))) return;
    await this.#compareWithOthers(settled, now);
    if (!(await this.#hasAgreed())) return;
    const { size } = tiles.state();
    if (size > sizeIn(tiles.checkpoint()) && now - this.#signedAt >= SIGN_INTERVAL_MS) this.#sign(size, now);
    if (now - this.#publishedAt >= PUBLISH_INTERVAL_MS) await this.#publish(now);
  }

  /** Compares the tree with what servers of this log have signed. One that contradicts the tree is a fork. */
  async #compareWithOthers(settled: bigint, now: number): Promise<void> {
    const { store, tiles, seed, isShared } = this.#options;
    if (isShared !== true || now - this.#comparedAt < COMPARE_INTERVAL_MS) return;
    const { size } = tiles.state();
    if (size === 0) return;
    this.#comparedAt = now;
    for (const { note, position } of await readPublished(store)) {
      const checkpoint = position > settled ? undefined : ownCheckpoint(note, seed);
      // A checkpoint from before an adopted fork has been explained.
      if (checkpoint === undefined || epochOf(checkpoint.origin) < epochOf(originOf(tiles))) continue;
      if (checkpoint.size <= size && rootOf(tiles, checkpoint.size).equals(checkpoint.root)) continue;
      this.#signed = { log: store.id, checkpoint };
      this.#agrees = false;
      return;
    }
  }

  /** Publishes the newest checkpoint for the other servers of this log. */
  async #publish(now: number): Promise<void> {
    const { store, tiles, isShared } = this.#options;
    const note = tiles.checkpoint();
    if (isShared !== true || note === undefined) return;
    this.#publishedAt = now;
    await publish(store, note, (await readPublished(store))[0]);
  }

  /** Returns false if reading was ended by the signal. */
  async #readUpTo(bound: bigint, signal: AbortSignal | undefined): Promise<boolean> {
    const { store, tiles, isOwnStream, onProgress } = this.#options;
    const from = this.#read ?? tiles.state().position;
    if (from !== undefined && from >= bound) return true;
    for await (const page of store.readAll(from === undefined ? {} : { from })) {
      if (signal?.aborted === true) return false;
      const read = page.filter(({ position }) => position <= bound);
      const own = read.filter(({ stream }) => isOwnStream(stream));
      tiles.append(own.map(newLeaf), adoptedOriginIn(own));
      this.#read = read.at(-1)?.position ?? this.#read;
      if (read.length < page.length) break;
      onProgress?.(this.state());
    }
    this.#read = bound;
    return true;
  }

  /** Returns whether the log still contains the last leaf. Reads only one event. */
  async #holdsLast(): Promise<boolean> {
    const { store, tiles } = this.#options;
    const { size, position } = tiles.state();
    if (position === undefined) return true;
    const found = await eventAt(store, position);
    return found !== undefined && tiles.leaf(size - 1)?.equals(leafHash(leafOf(found))) === true;
  }

  #startOver(): void {
    this.#options.tiles.startOver();
    this.#recheck.startOver();
    this.#read = undefined;
    this.#agrees = false;
    this.#fork = undefined;
  }

  /** Returns whether the tree agrees with the signed checkpoint. All settled events must have been read. */
  async #hasAgreed(): Promise<boolean> {
    const { tiles, store } = this.#options;
    const { size } = tiles.state();
    if (this.#agrees) return true;
    if (this.#signed === undefined) return (this.#agrees = size > 0);
    const { log, checkpoint } = this.#signed;
    const origin = size === 0 ? undefined : originOf(tiles);
    const isOther = log !== store.id && (origin === undefined || logOf(origin) !== logOf(checkpoint.origin));
    const isAdopted = origin !== undefined && epochOf(origin) > epochOf(checkpoint.origin);
    if (isOther || isAdopted) {
      this.#signed = undefined;
    } else if (size < checkpoint.size || !rootOf(tiles, checkpoint.size).equals(checkpoint.root)) {
      // If a tree has a signature that does not match, the tree is damaged. If it has no signature, it was rebuilt from the log.
      if (tiles.checkpoint() !== undefined) throw new TreeDamaged('it does not match the signed checkpoint');
      if (this.#fork?.log?.size !== size) this.#fork = await this.#forkAt(checkpoint, origin);
      return false;
    }
    this.#agrees = size > 0;
    this.#fork = undefined;
    return this.#agrees;
  }

  async #forkAt(checkpoint: TreeCheckpoint, origin: string | undefined): Promise<LogFork> {
    const { tiles } = this.#options;
    const { size } = tiles.state();
    return {
      signed: namedTree(checkpoint),
      log: origin === undefined ? undefined : namedTree({ origin, size, root: rootOf(tiles, size) }),
      first: this.#fork === undefined ? await this.#firstDifference(checkpoint) : this.#fork.first,
    };
  }

  async #firstDifference(checkpoint: TreeCheckpoint): Promise<DifferentEntry | undefined> {
    const { tiles, store, isOwnStream, directory } = this.#options;
    const former = openTreeWith(directory, checkpoint);
    if (former === undefined) return undefined;
    try {
      const index = firstDifference(former, tiles, checkpoint);
      const start = tiles.startOf(Math.floor(index / TILE_WIDTH));
      const position = start === undefined ? undefined : await positionOf(own(store, start), index);
      return { index, position };
    } finally {
      former.close();
    }

    async function* own(
      of: Pick<EventStore, 'readAll'>,
      from: bigint,
    ): AsyncGenerator<RecordedEvent, undefined> {
      for await (const page of of.readAll({ from, inclusive: true }))
        for (const event of page) if (isOwnStream(event.stream)) yield event;
    }
  }

  #sign(size: number, now: number): void {
    const { tiles, seed, store, directory } = this.#options;
    const before = this.#signed?.checkpoint;
    if (before !== undefined && !rootOf(tiles, before.size).equals(before.root))
      throw new TreeDamaged('it does not contain the signed events');
    const origin = originOf(tiles);
    const checkpoint = { origin, size, root: rootOf(tiles, size) };
    const note = noteSigner(origin, seed).sign(checkpointText(checkpoint));
    // The separate copy is written first, so that every served checkpoint has one.
    keepCheckpoint(directory, { log: store.id, note });
    tiles.keepCheckpoint(note);
    this.#signed = { log: store.id, checkpoint };
    this.#signedAt = now;
  }
}

/** A tree of a later epoch is newer even if it is smaller. */
function isNewer(checkpoint: TreeCheckpoint, than: TreeCheckpoint | undefined): boolean {
  if (than === undefined) return true;
  const [epoch, before] = [epochOf(checkpoint.origin), epochOf(than.origin)];
  return epoch === before ? checkpoint.size > than.size : epoch > before;
}

function newLeaf(event: RecordedEvent): NewLeaf {
  return { hash: leafHash(leafOf(event)), position: event.position, created: event.created };
}

function sizeIn(note: string | undefined): number {
  return note === undefined ? 0 : Number(note.split('\n')[1]);
}
