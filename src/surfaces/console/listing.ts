import { LRUCache } from 'lru-cache';
import { compare, fits, parseFilter, type Filter } from './query.js';
import { ROWS, type Kind, type Row } from './contract.js';
import { KIND_OF, type Candidate, type KindOf, type RowSource } from './kinds.js';
import { sees, viewerKey, type Viewer } from './viewer.js';

export interface Wanted {
  readonly filter: string;
  /** Column to sort by. A leading `-` means descending. Default: newest first. */
  readonly sort?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

export interface Listed<Name extends Kind> {
  readonly total: number;
  readonly rows: readonly Row<Name>[];
}

/** Maximum number of lists that are cached for subsequent pages. Each has up to 250,000 references. */
const REMEMBERED = 12;
/** Account names can change without a change to the table, so cached lists expire. */
const REMEMBERED_MS = 10_000;

export class Listing {
  readonly #ordered = new LRUCache<
    string,
    { readonly versions: string; readonly candidates: readonly unknown[] }
  >({
    max: REMEMBERED,
    ttl: REMEMBERED_MS,
  });

  constructor(private readonly source: RowSource) {}

  async page<Name extends Kind>(name: Name, viewer: Viewer, wanted: Wanted): Promise<Listed<Name>> {
    const kind = KIND_OF[name] as KindOf<Name>;
    for (const table of kind.tables(this.source)) await table.refreshed();
    const matching = await this.#matching(name, kind, viewer, wanted);
    const page = matching.slice(wanted.offset, wanted.offset + wanted.limit);
    const owners = await this.source.names.open(page.flatMap(({ ownerId }) => ownerId ?? []));
    const rows = await Promise.all(
      page.map(async ({ row, ownerId }) =>
        published(name, {
          ...row,
          owner: ownerId === undefined ? null : (owners.get(ownerId) ?? ownerId),
          ...(await kind.finish?.(this.source, row)),
        }),
      ),
    );
    return { total: matching.length, rows };
  }

  async #matching<Name extends Kind>(
    name: Name,
    kind: KindOf<Name>,
    viewer: Viewer,
    { filter, sort = '' }: Wanted,
  ): Promise<readonly Candidate<Name>[]> {
    const key = JSON.stringify([name, viewerKey(viewer), filter, sort]);
    const versions = kind
      .tables(this.source)
      .map(({ version }) => version)
      .join();
    const known = this.#ordered.get(key);
    if (known?.versions === versions) return known.candidates as readonly Candidate<Name>[];
    const parsed = parseFilter(filter, columnsOf(name));
    const [column, descending] = sort.startsWith('-') ? [sort.slice(1), true] : [sort, false];
    const visible = kind
      .candidates(this.source, (row) => mayMatch(row as Readonly<Record<string, unknown>>, parsed))
      .filter(({ holder }) => sees(viewer, holder));
    const asksNames =
      parsed.words.length > 0 || column === 'owner' || parsed.columns.some(({ name }) => name === 'owner');
    const owners = asksNames
      ? await this.source.names.open(visible.flatMap(({ ownerId }) => ownerId ?? []))
      : new Map<string, string>();
    const ownerOf = ({ ownerId }: Candidate<Name>): string | null =>
      ownerId === undefined ? null : (owners.get(ownerId) ?? ownerId);
    const value = (each: Candidate<Name>, wanted: string): unknown =>
      wanted === 'owner' ? ownerOf(each) : (each.row as Readonly<Record<string, unknown>>)[wanted];
    const candidates = visible
      .filter((each) => matches(each, parsed, ownerOf(each), value))
      .sort((a, b) => b.created - a.created);
    if (column !== '') candidates.sort((a, b) => compare(value(a, column), value(b, column), descending));
    this.#ordered.set(key, { versions, candidates });
    return candidates;
  }
}

/** Drops the fields of tables that the API does not have, such as ids of owners. */
function published<Name extends Kind>(name: Name, row: object): Row<Name> {
  const fields = Object.keys(ROWS[name].shape);
  return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field))) as Row<Name>;
}

/** Compares only those columns that are stored. The others are computed for the rows that pass. */
function mayMatch(row: Readonly<Record<string, unknown>>, { columns }: Filter): boolean {
  return columns.every(({ name, value }) => !(name in row) || fits(row[name], value));
}

function matches<Name extends Kind>(
  each: Candidate<Name>,
  { words, columns }: Filter,
  owner: string | null,
  value: (each: Candidate<Name>, column: string) => unknown,
): boolean {
  return (
    words.every((word) => each.text.includes(word) || owner?.toLowerCase().includes(word) === true) &&
    columns.every((column) => fits(value(each, column.name), column.value))
  );
}

/** Columns by which lists can be sorted and filtered. */
export function columnsOf(kind: Kind): ReadonlySet<string> {
  return COLUMNS[kind];
}

/** Fields that have no order, or that are looked up only for the rows of a page. */
const NO_COLUMNS: ReadonlySet<string> = new Set(['last', 'skipped', 'url', 'last_build', 'labels', 'tags']);
const COLUMNS = Object.fromEntries(
  Object.entries(ROWS).map(([kind, { shape }]) => [
    kind,
    new Set(Object.keys(shape).filter((column) => !NO_COLUMNS.has(column))),
  ]),
) as unknown as Readonly<Record<Kind, ReadonlySet<string>>>;
