/** Number of hashes in a full tile, and of entries in a full bundle. */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

export interface TileName {
  /** `entries` means the bundle of entries whose hashes are in the tile of level 0. */
  readonly level: number | 'entries';
  readonly n: number;
  readonly width: number;
}

/** Formats the path below `tile/` as defined by https://c2sp.org/tlog-tiles, for example `0/x001/x234/067.p/12`. */
export function tilePath({ level, n, width }: TileName): string {
  const digits = String(n);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Parses a path. Returns undefined if it is not a path that {@link tilePath} returns. */
export function parseTilePath(path: string): TileName | undefined {
  const [, level = '', groups = '', partial] =
    /^(\d{1,2}|entries)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    n: Number(groups.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  return Number.isSafeInteger(name.n) &&
    tilePath(name) === path &&
    name.width >= 1 &&
    name.width <= TILE_WIDTH
    ? name
    : undefined;
}

/** Number of hashes that a tile has in a tree of `size` leaves: 256 if it is full, 0 if it does not exist. */
export function widthIn(size: number, level: number, n: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - n * TILE_WIDTH));
}

/** Yields all tiles of a tree of `size` leaves. */
export function* tilesOf(size: number): Generator<TileName & { readonly level: number }> {
  for (let level = 0; size >= TILE_WIDTH ** level; level += 1)
    for (let n = 0, width = widthIn(size, level, 0); width > 0; n += 1, width = widthIn(size, level, n))
      yield { level, n, width };
}
