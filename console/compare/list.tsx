import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { type Range, useSearch, useSetSearch } from '../moment/in-url.js';
import type { Span } from '../moment/span-cache.js';
import { readKey } from '../moment/use-read.js';
import { Empty, Unanswered } from '../parts/states/states.js';
import type { Column } from '../parts/table/columns.js';
import { Table } from '../parts/table/table.js';
import { grouped } from '../parts/time/format.js';
import { ChangedObjects } from './changed-objects.js';
import { Mark } from './mark.js';
import { MOST_ROWS, pairsOf, readRows, type AllRows, type Difference, type Pair } from './rows.js';
import css from './compare.module.css';

const ROW_PX = 50;
export interface ComparedListProps<Row> {
  readonly path: string;
  readonly title: string;
  readonly noun: readonly [one: string, many: string];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly open: (row: Row) => string;
  readonly kinds: readonly string[];
  readonly filter: string;
  readonly sort: string | undefined;
  readonly range: Range;
  /** Reads all rows as of a moment. Default: page by page from `path`. */
  readonly load?: Load<Row>;
}

type Load<Row> = (
  at: string | undefined,
  signal: AbortSignal,
) => Promise<{ readonly body: AllRows<Row>; readonly span: Span | undefined }>;

/** Shows the rows of a list that differ between two moments, with their cells before and after. */
export function ComparedList<Row extends object>(props: ComparedListProps<Row>): ReactNode {
  const { path, title, noun, columns, rowKey, open, kinds, filter, sort, range } = props;

  const { all } = useSearch();
  const setSearch = useSetSearch();
  const navigate = useNavigate();
  const query = new URLSearchParams();
  if (filter !== '') query.set('filter', filter);
  if (sort !== undefined) query.set('sort', sort);
  const load: Load<Row> = props.load ?? (async (at, signal) => await readRows<Row>(path, query, at, signal));
  const key = `${path}?all&${query.toString()}`;
  const before = useRows<Row>(key, load, range.before, kinds);
  const after = useRows<Row>(key, load, range.after, kinds);
  const pairs = useMemo(
    () => pairsOf(before.data?.body.rows ?? [], after.data?.body.rows ?? [], columns, rowKey),
    [before.data, after.data, columns, rowKey],
  );
  const error = before.error ?? after.error;
  if (before.data === undefined || after.data === undefined)
    return <Unanswered what={noun[1]} error={error} />;
  if (Math.max(before.data.body.total, after.data.body.total) > MOST_ROWS)
    return (
      <>
        <p className={css['note']}>
          There are more than {grouped(MOST_ROWS)} {noun[1]}, so their cells are not compared. Use a filter to
          narrow the list.
        </p>
        <ChangedObjects range={range} {...(kinds[0] === undefined ? {} : { kind: kinds[0] })} />
      </>
    );
  const differing = pairs.filter(({ difference }) => difference !== 'same');
  const shown = all === undefined ? differing : pairs;
  const count = (wanted: Difference): number =>
    pairs.filter(({ difference }) => difference === wanted).length;
  return (
    <>
      <div className={css['summary']}>
        <span role="status">
          {count('added')} added, {count('changed')} changed, {count('gone')} removed
        </span>
        <label>
          <input
            type="checkbox"
            checked={all === undefined}
            onChange={({ target }) => setSearch({ all: target.checked ? undefined : '1' }, { replace: true })}
          />
          Only differences
        </label>
      </div>
      {shown.length === 0 ? (
        <Empty title={`No ${noun[0]} differs between the two moments`} />
      ) : (
        <Table
          label={`${title}, compared`}
          columns={comparedColumns(columns)}
          total={shown.length}
          row={(index) => shown[index]}
          rowKey={({ key }) => key}
          rowHeight={ROW_PX}
          sort={sort}
          onSort={(next) => setSearch({ sort: next }, { replace: true })}
          onOpen={(pair) => {
            const row = pair.after ?? pair.before;
            if (row !== undefined) void navigate({ to: open(row) as '/' });
          }}
          dimmed={before.isPlaceholderData || after.isPlaceholderData}
        />
      )}
    </>
  );
}

function useRows<Row>(
  key: string,
  load: Load<Row>,
  at: string | undefined,
  kinds: readonly string[],
): UseQueryResult<Awaited<ReturnType<Load<Row>>>, Error> {
  return useQuery<Awaited<ReturnType<Load<Row>>>, Error>({
    queryKey: readKey(key, at),
    queryFn: async ({ signal }) => await load(at, signal),
    staleTime: at === undefined ? 0 : Infinity,
    placeholderData: (previous) => previous,
    meta: { subjects: kinds },
  });
}

function comparedColumns<Row extends object>(columns: readonly Column<Row>[]): readonly Column<Pair<Row>>[] {
  return [
    {
      id: 'difference',
      title: 'Difference',
      width: '90px',
      cell: ({ difference }) => <Mark difference={difference} />,
    },
    ...columns.map(({ cell, ...column }) => ({
      ...column,
      cell: ({ before, after, columns: differing }: Pair<Row>): ReactNode => {
        const row = after ?? before;
        if (row === undefined) return null;
        if (before === undefined || after === undefined || !differing.has(column.id)) return cell(row);
        return (
          <span className={css['pair']}>
            <del>{cell(before)}</del>
            <ins>{cell(after)}</ins>
          </span>
        );
      },
    })),
  ];
}
