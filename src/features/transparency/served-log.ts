import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { parseCheckpoint } from './checkpoint.js';
import { leafHash } from './hashing.js';
import { leavesOf } from './known-tree.js';
import { leafOf } from './leaf.js';
import { noteSigner, type NoteSigner } from './note.js';
import { originOf } from './origin.js';
import { rootFromInclusion } from './proof.js';
import type { FollowerStatus } from './start.js';
import { TILE_WIDTH, widthIn, type TileName } from './tile-path.js';
import { TileStore } from './tile-store.js';
import { tlogProofText } from './tlog-proof.js';
import { inclusionProof } from './tree.js';

export interface ServedLogOptions {
  /** The data directory in which a follower stores `tlog.db`. */
  readonly directory: string;
  readonly store: Pick<EventStore, 'id' | 'readAll'>;
  readonly isOwnStream: (stream: string) => boolean;
  readonly seed: Uint8Array;
  /** Whether to serve only checkpoints that witnesses have cosigned. Default: false. */
  readonly onlyCosigned?: boolean;
  /** Returns the status of the follower. Undefined if it has not started yet. */
  readonly status?: () => FollowerStatus | undefined;
}

export interface Evidence {
  readonly event: RecordedEvent;
  readonly proof: string;
}

/** The largest integer that SQLite supports. */
const MAX_POSITION = 2n ** 63n - 1n;
/** Maximum number of later events that are searched for a Muster event. */
const MAX_BEYOND = 10_000;

export class ServedTransparencyLog {
  readonly #options: ServedLogOptions;
  #opened: TileStore | undefined;
  #signer: NoteSigner | undefined;

  constructor(options: ServedLogOptions) {
    this.#options = options;
  }

  status(): FollowerStatus | undefined {
    return this.#options.status?.();
  }

  /** Returns the newest signed checkpoint. Undefined if nothing has been signed yet. */
  checkpoint(): string | undefined {
    const tiles = this.#tiles();
    const cosigned = tiles?.cosigned();
    if (this.#options.onlyCosigned === true) return cosigned;
    const note = tiles?.checkpoint();
    return note !== undefined && cosigned?.startsWith(note) === true ? cosigned : note;
  }

  /** Returns the name of the tree. Undefined if the log is empty, because the tree then has no name yet. */
  origin(): string | undefined {
    const tiles = this.#tiles();
    return tiles === undefined || tiles.state().size === 0 ? undefined : originOf(tiles);
  }

  /** Returns the public key as text. Undefined if the log is empty, because it then has no name yet. */
  vkey(): string | undefined {
    const origin = this.origin();
    if (origin === undefined) return undefined;
    if (this.#signer?.name !== origin) this.#signer = noteSigner(origin, this.#options.seed);
    return this.#signer.vkey;
  }

  /**
   * Returns the bytes of a tile or of a bundle of entries. Undefined if no checkpoint covers it, and `altered` if the log no longer has the entries
   * of the bundle.
   */
  async tile({ level, n, width }: TileName): Promise<Buffer | 'altered' | undefined> {
    const tiles = this.#tiles();
    const size = this.#signedSize();
    if (tiles === undefined || widthIn(size, level === 'entries' ? 0 : level, n) < width) return undefined;
    return level === 'entries' ? await this.#bundle(tiles, n, width) : tiles.tile(level, n, width);
  }

  /**
   * Returns `unknown` if there is no Muster event at the position, `unsigned` if no checkpoint covers the event yet, and `altered` if the event is not
   * the one that was signed.
   */
  async evidence(position: bigint): Promise<Evidence | 'unknown' | 'unsigned' | 'altered'> {
    const tiles = this.#tiles();
    const size = tiles?.state().size ?? 0;
    if (tiles === undefined || size === 0) return 'unsigned';
    if (position > MAX_POSITION) return 'unknown';
    const bundle = tiles.bundleAt(position);
    if (bundle === undefined) return 'unknown';
    let index = bundle.n * TILE_WIDTH;
    for await (const event of this.#ownEvents(bundle.start)) {
      if (event.position > position) return 'unknown';
      if (event.position === position)
        return index < this.#signedSize() ? this.#proven(tiles, event, index) : 'unsigned';
      index += 1;
      if (index > size + MAX_BEYOND) return 'unsigned';
    }
    return 'unknown';
  }

  #proven(tiles: TileStore, event: RecordedEvent, index: number): Evidence | 'altered' {
    const note = this.checkpoint()!;
    const hashes = inclusionProof(tiles, index, sizeIn(note));
    const { size, root } = parseCheckpoint(note)!;
    if (rootFromInclusion(leafHash(leafOf(event)), index, size, hashes)?.equals(root) !== true)
      return 'altered';
    return { event, proof: tlogProofText({ index, hashes, note }) };
  }

  /** Must be called after the follower has replaced the file. */
  reopen(): void {
    this.close();
  }

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  #signedSize(): number {
    const note = this.checkpoint();
    return note === undefined ? 0 : sizeIn(note);
  }

  /** The follower creates the file some time after the server has started. */
  #tiles(): TileStore | undefined {
    const { directory, store } = this.#options;
    return (this.#opened ??= TileStore.openReadOnly(directory, store.id));
  }

  async #bundle(tiles: TileStore, n: number, width: number): Promise<Buffer | 'altered' | undefined> {
    const start = tiles.startOf(n);
    if (start === undefined) return undefined;
    const known = leavesOf(tiles, n * TILE_WIDTH + width);
    const parts: Buffer[] = [];
    for await (const event of this.#ownEvents(start)) {
      const entry = Buffer.from(leafOf(event));
      if (!known.leaf(n * TILE_WIDTH + parts.length / 2).equals(leafHash(entry))) return 'altered';
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.byteLength);
      parts.push(length, entry);
      if (parts.length === width * 2) return Buffer.concat(parts);
    }
    return 'altered';
  }

  async *#ownEvents(from: bigint): AsyncGenerator<RecordedEvent> {
    for await (const page of this.#options.store.readAll({ from, inclusive: true }))
      for (const event of page) if (this.#options.isOwnStream(event.stream)) yield event;
  }
}

function sizeIn(note: string): number {
  return Number(note.split('\n')[1]);
}
