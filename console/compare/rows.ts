import { read } from '../api/client.js';
import type { Page } from '../api/types.js';
import type { Span } from '../moment/span-cache.js';
import type { Column } from '../parts/table/columns.js';

/** For a longer list, only the changed objects are shown, without their cells. */
export const MOST_ROWS = 1000;
/** The server's maximum page size. */
const PAGE_ROWS = 200;

export type Difference = 'added' | 'gone' | 'changed' | 'same';

/** A row at two moments. */
export interface Pair<Row> {
  readonly key: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly difference: Difference;
  /** Ids of the columns whose cells differ. */
  readonly columns: ReadonlySet<string>;
}

export interface AllRows<Row> {
  readonly total: number;
  /** Empty if there are too many rows to compare. */
  readonly rows: readonly Row[];
}

/** Reads all rows of a list as of a moment, and the range of positions over which they are unchanged. */
export async function readRows<Row>(
  path: string,
  query: URLSearchParams,
  at: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly body: AllRows<Row>; readonly span: Span | undefined }> {
  const rows: Row[] = [];
  let span: Span | undefined;
  for (;;) {
    const page = new URLSearchParams(query);
    page.set('offset', String(rows.length));
    page.set('limit', String(PAGE_ROWS));
    const answer = await read<Page<Row>>(`${path}?${page.toString()}`, at, signal);
    span = rows.length === 0 ? answer.span : overlap(span, answer.span);
    const { total, rows: more } = answer.body;
    if (total > MOST_ROWS) return { body: { total, rows: [] }, span };
    rows.push(...more);
    if (rows.length >= total || more.length === 0) return { body: { total, rows }, span };
  }
}

function overlap(one: Span | undefined, other: Span | undefined): Span | undefined {
  if (one === undefined || other === undefined) return undefined;
  const until =
    one.until === undefined || (other.until !== undefined && other.until < one.until)
      ? other.until
      : one.until;
  return { from: one.from > other.from ? one.from : other.from, known: one.known, until };
}

/** Pairs the rows of two moments, in the order of the later moment. Removed rows come last. */
export function pairsOf<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  columns: readonly Column<Row>[],
  rowKey: (row: Row) => string,
): readonly Pair<Row>[] {
  const former = new Map(before.map((row) => [rowKey(row), row]));
  const pairs = after.map((row): Pair<Row> => {
    const key = rowKey(row);
    const old = former.get(key);
    former.delete(key);
    const differing = old === undefined ? new Set<string>() : differingColumns(old, row, columns);
    const difference = old === undefined ? 'added' : differing.size > 0 ? 'changed' : 'same';
    return { key, before: old, after: row, difference, columns: differing };
  });
  for (const [key, row] of former)
    pairs.push({ key, before: row, after: undefined, difference: 'gone', columns: new Set() });
  return pairs;
}

function differingColumns<Row extends object>(
  before: Row,
  after: Row,
  columns: readonly Column<Row>[],
): ReadonlySet<string> {
  const differs = (field: string): boolean =>
    JSON.stringify((before as Readonly<Record<string, unknown>>)[field]) !==
    JSON.stringify((after as Readonly<Record<string, unknown>>)[field]);
  return new Set(columns.filter((column) => fieldsOf(column, after).some(differs)).map(({ id }) => id));
}

/** Returns the fields of a row that a column shows, determined by rendering its cell once. */
function fieldsOf<Row extends object>({ cell }: Column<Row>, row: Row): readonly string[] {
  const fields = new Set<string>();
  void cell(
    new Proxy(row, {
      get(target, field): unknown {
        fields.add(String(field));
        return Reflect.get(target, field);
      },
    }),
  );
  return [...fields];
}
