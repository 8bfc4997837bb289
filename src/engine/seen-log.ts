import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '#agents/platform/error-code.js';
import { CLUSTER_STREAM } from '#domain/kernel/event/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { newestCheckpoint } from '#src/engine/read-models/index.js';
import { leafHash, leafOf, signedSizeIn, TileStore, TILE_WIDTH } from '#src/engine/transparency/index.js';

/** What the data directory has read of its log, so that an older copy of the log is recognized. */
const SEEN_FILE = 'log-seen.json';
/** Number of the newest events among which one of Muster's is looked for. */
const NEWEST = 16;

type Log = Pick<EventStore, 'id' | 'readAll' | 'readStream'>;

export interface SeenLog {
  /** Id of the event store. */
  readonly log: string;
  /** The newest Muster event that was read. Its id is empty if only its hash is known. */
  readonly position: string;
  readonly event: string;
  /** Ids of all epochs that were read. An unknown one means that an operator has accepted the log as it is. */
  readonly epochs: readonly string[];
  /** Position of the newest event whose loss was accepted. Read models and tree may still be built from the log before. */
  readonly accepted?: string | undefined;
}

/** Describes that the log lacks what this data directory has read. */
export interface LogLoss {
  readonly problem: string;
  /** Number of signed events that the log lacks. */
  readonly missing: number;
  /** Whether an operator has accepted the log with `muster cluster begin-epoch`, a restore or an import. */
  readonly accepted: boolean;
  /** What was read, and must stay known while read models and tree are built from the log that lacks it. */
  readonly seen: SeenLog;
}

export function readSeen(directory: string): SeenLog | undefined {
  try {
    const { log, position, event, epochs, accepted } = JSON.parse(
      readFileSync(join(directory, SEEN_FILE), 'utf8'),
    ) as Partial<SeenLog>;
    return typeof log === 'string' &&
      typeof position === 'string' &&
      /^\d+$/.test(position) &&
      typeof event === 'string' &&
      Array.isArray(epochs)
      ? { log, position, event, epochs, ...(typeof accepted === 'string' && { accepted }) }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Replaces the file. Without a flush to the disk: a machine that loses power then knows an older state, which is no false alarm. */
export function writeSeen(directory: string, seen: SeenLog): void {
  const file = join(directory, SEEN_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(seen)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Returns the ids of the epochs that the log has begun, oldest first. */
export async function epochsOf(store: Pick<EventStore, 'readStream'>): Promise<readonly string[]> {
  const epochs: string[] = [];
  for await (const page of store.readStream(CLUSTER_STREAM))
    for (const { type, id } of page) if (type === 'LogEpochBegan') epochs.push(id);
  return epochs;
}

/** Returns the newest event of Muster. Undefined if it is not among the newest events of the log. */
export async function newestOwn(
  store: Pick<EventStore, 'readAll'>,
  isOwnStream: (stream: string) => boolean,
): Promise<RecordedEvent | undefined> {
  for await (const page of store.readAll({ direction: 'backwards', limit: NEWEST }))
    for (const event of page) if (isOwnStream(event.stream)) return event;
  return undefined;
}

/**
 * Compares the log with what the data directory has read and signed, in a few reads. Returns undefined if the log has all of it.
 * `acceptsOther`: whether a log with another id is expected here.
 */
export async function findLoss(
  directory: string,
  store: Log,
  isOwnStream: (stream: string) => boolean,
  acceptsOther: boolean,
): Promise<LogLoss | undefined> {
  const known = readSeen(directory);
  const isOther = known !== undefined && known.log !== store.id;
  if (isOther && acceptsOther) return undefined;
  const tiles = TileStore.openReadOnly(directory, store.id);
  try {
    const seen = isOther
      ? known
      : await firstLost(store, known, seenBesides(directory, store.id, known, tiles), tiles);
    if (seen === undefined) return undefined;
    const signed = signedSizeIn(directory);
    const missing = Math.max(
      0,
      signed - (tiles === undefined ? 0 : await entriesIn(store, tiles, isOwnStream)),
    );
    let end = 'is empty';
    for await (const [newest] of store.readAll({ direction: 'backwards', limit: 1 }))
      if (newest !== undefined) end = `ends at position ${newest.position}`;
    const epoch = (await epochsOf(store)).at(-1);
    const what = seen.event === '' ? 'the event' : `event ${seen.event}`;
    const signedText = signed === 0 ? '' : `; ${missing} of the ${signed} signed events are missing`;
    return {
      problem: `the log ${end} and lacks ${what} at position ${seen.position}, which this data directory has read: another or an older log was put in its place${signedText}`,
      missing,
      accepted: epoch !== undefined && !seen.epochs.includes(epoch),
      seen,
    };
  } finally {
    tiles?.close();
  }
}

/** Returns what read models and tree have read after the event in the file, which is older if the server was killed. */
function seenBesides(
  directory: string,
  log: string,
  known: SeenLog | undefined,
  tiles: TileStore | undefined,
): readonly SeenLog[] {
  const { epochs = [], position: after = '-1', accepted = '-1' } = known ?? {};
  const { position } = tiles?.state() ?? {};
  const folded = newestCheckpoint(directory, log);
  return [
    ...(folded === undefined ? [] : [{ position: folded.position, event: folded.eventId }]),
    ...(position === undefined ? [] : [{ position, event: '' }]),
  ]
    .filter((each) => each.position > BigInt(after) && each.position > BigInt(accepted))
    .map((each) => ({ log, position: String(each.position), event: each.event, epochs }));
}

async function firstLost(
  store: Log,
  known: SeenLog | undefined,
  others: readonly SeenLog[],
  tiles: TileStore | undefined,
): Promise<SeenLog | undefined> {
  for (const seen of known === undefined ? others : [known, ...others])
    if (!(await hasSeen(store, seen, tiles))) return seen;
  return undefined;
}

/** Returns whether the log still has the event. */
export async function isIn(store: Log, { position, event }: SeenLog): Promise<boolean> {
  return (await eventAt(store, BigInt(position)))?.id === event;
}

async function hasSeen(
  store: Log,
  { position, event }: SeenLog,
  tiles: TileStore | undefined,
): Promise<boolean> {
  const found = await eventAt(store, BigInt(position));
  if (found === undefined) return false;
  const state = tiles?.state();
  return event === ''
    ? state?.position === BigInt(position) && isEntry(tiles!, state.size - 1, found)
    : found.id === event;
}

/** Returns how many entries of the tree the log begins with. Assumes that it lacks all entries after the first that it lacks. */
async function entriesIn(
  store: Log,
  tiles: TileStore,
  isOwnStream: (stream: string) => boolean,
): Promise<number> {
  const { size } = tiles.state();
  let [low, high] = [0, Math.ceil(size / TILE_WIDTH)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(store, tiles, middle * TILE_WIDTH, tiles.startOf(middle))) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  let index = (low - 1) * TILE_WIDTH;
  for await (const page of store.readAll({ from: tiles.startOf(low - 1)!, inclusive: true }))
    for (const event of page) {
      if (!isOwnStream(event.stream)) continue;
      if (index === size || !isEntry(tiles, index, event)) return index;
      index += 1;
    }
  return index;
}

async function holds(
  store: Log,
  tiles: TileStore,
  index: number,
  position: bigint | undefined,
): Promise<boolean> {
  const event = position === undefined ? undefined : await eventAt(store, position);
  return event !== undefined && isEntry(tiles, index, event);
}

function isEntry(tiles: TileStore, index: number, event: RecordedEvent): boolean {
  return tiles.leaf(index)?.equals(leafHash(leafOf(event))) === true;
}

async function eventAt(store: Log, position: bigint): Promise<RecordedEvent | undefined> {
  for await (const [event] of store.readAll({ from: position, inclusive: true, limit: 1 }))
    return event?.position === position ? event : undefined;
  return undefined;
}
