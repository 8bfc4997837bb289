import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '#agents/platform/error-code.js';
import { writeFileDurably } from '#agents/platform/files/durable-file.js';
import { CLUSTER_STREAM } from '#domain/kernel/event/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { eventAt, eventFrom, lossAt } from '#src/engine/event-store/index.js';
import { newestCheckpoint } from '#src/engine/read-models/index.js';
import { leafHash } from './hashing.js';
import { signedSizeIn } from './kept-checkpoint.js';
import { leafOf } from './leaf.js';
import { TILE_WIDTH } from './tile-path.js';
import { TileStore } from './tile-store.js';

/** What the data directory has read of its log, so that an older copy of the log is recognized. */
const SEEN_FILE = 'log-seen.json';
/** Number of the newest events among which one of Muster's is looked for. */
const NEWEST = 16;

type Log = Pick<EventStore, 'id' | 'readAll' | 'readStream'>;

export interface SeenLog {
  /** Id of the event store. */
  readonly log: string;
  /** The newest event that was read. Its id is empty if only the hash of its leaf is known, in hexadecimal. */
  readonly position: string;
  readonly event: string;
  readonly leaf?: string | undefined;
  /** Whether it may be an event of another program, which can be removed: a later event is then in its place. */
  readonly removable?: true | undefined;
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
  /** Position of the newest event that log-seen.json, read models or tree have read of this log. Undefined if they have read another log. */
  readonly until: string | undefined;
}

export function readSeen(directory: string): SeenLog | undefined {
  try {
    const { log, position, event, leaf, removable, epochs, accepted } = JSON.parse(
      readFileSync(join(directory, SEEN_FILE), 'utf8'),
    ) as Partial<SeenLog>;
    return typeof log === 'string' &&
      typeof position === 'string' &&
      /^\d+$/.test(position) &&
      typeof event === 'string' &&
      Array.isArray(epochs)
      ? {
          log,
          position,
          event,
          ...(typeof leaf === 'string' && { leaf }),
          ...(removable === true && { removable }),
          epochs,
          ...(typeof accepted === 'string' && { accepted }),
        }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Replaces the file durably, because an empty file would know of no epoch. */
export async function writeSeen(directory: string, seen: SeenLog): Promise<void> {
  await writeFileDurably(join(directory, SEEN_FILE), `${JSON.stringify(seen)}\n`);
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
    const all = isOther
      ? [known]
      : [...(known === undefined ? [] : [known]), ...seenBesides(directory, store.id, known, tiles)];
    const lost = isOther ? known : await firstLost(store, all);
    if (lost === undefined) return undefined;
    const epochs = await epochsOf(store);
    // Without the file, it is not known which epochs were read, so the ones that the log has accept nothing.
    const seen = known === undefined ? { ...lost, epochs } : lost;
    const signed = signedSizeIn(directory);
    const missing = Math.max(
      0,
      signed - (tiles === undefined ? 0 : await entriesIn(store, tiles, isOwnStream)),
    );
    let end = 'is empty';
    for await (const [newest] of store.readAll({ direction: 'backwards', limit: 1 }))
      if (newest !== undefined) end = `ends at position ${newest.position}`;
    const epoch = epochs.at(-1);
    const what = seen.event === '' ? 'the event' : `event ${seen.event}`;
    const signedText = signed === 0 ? '' : `; ${missing} of the ${signed} signed events are missing`;
    return {
      problem: `the log ${end} and lacks ${what} at position ${seen.position}, which this data directory has read: another or an older log was put in its place${signedText}`,
      missing,
      accepted: epoch !== undefined && !seen.epochs.includes(epoch),
      seen,
      until: isOther
        ? undefined
        : all
            .map(({ position }) => position)
            .reduce((newest, each) => (BigInt(each) > BigInt(newest) ? each : newest)),
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
  const { position, size = 0 } = tiles?.state() ?? {};
  const leaf = tiles?.leaf(size - 1)?.toString('hex');
  const folded = newestCheckpoint(directory, log);
  return [
    // The read models end with the last event of a page, of whatever program it is.
    ...(folded === undefined
      ? []
      : [{ position: folded.position, event: folded.eventId, removable: true as const }]),
    ...(position === undefined || leaf === undefined ? [] : [{ position, event: '', leaf }]),
  ]
    .filter((each) => each.position > BigInt(after) && each.position > BigInt(accepted))
    .map((each) => ({ ...each, log, position: String(each.position), epochs }));
}

async function firstLost(store: Log, all: readonly SeenLog[]): Promise<SeenLog | undefined> {
  for (const seen of all) if (!(await isIn(store, seen))) return seen;
  return undefined;
}

/** Returns whether the log still has the event, or, if it may have been removed, could still have it. */
export async function isIn(store: Log, { position, event, leaf, removable }: SeenLog): Promise<boolean> {
  const standing = await eventFrom(store, BigInt(position));
  if (removable === true) return lossAt({ position: BigInt(position), id: event }, standing) === undefined;
  if (standing?.position !== BigInt(position)) return false;
  return event === '' ? leafHash(leafOf(standing)).toString('hex') === leaf : standing.id === event;
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
