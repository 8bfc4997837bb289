import { useQueries } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react';
import { ApiError, read, type Answer } from '../api/client.js';
import type { Page } from '../api/types.js';
import { useAt, useRange, useSearch, useSetSearch, type Range } from '../moment/in-url.js';
import { readKey } from '../moment/use-read.js';
import { Empty, Failed, Loading } from '../parts/states/states.js';
import type { Column } from '../parts/table/columns.js';
import { Table } from '../parts/table/table.js';
import { grouped } from '../parts/time/format.js';
import type { ComparedList as ComparedListType } from '../compare/list.js';
import { Filter } from './filter.js';
import { TextButton } from './text-button.js';
import css from './list.module.css';

const PAGE_ROWS = 100;
const ComparedList = lazy(async () => ({
  default: (await import('../compare/list.js')).ComparedList,
})) as typeof ComparedListType;

export interface ListProps<Row> {
  /** Path of the list, such as `/console/api/jobs`. */
  readonly path: string;
  readonly title: string;
  /** Singular and plural, as in "3 jobs". */
  readonly noun: readonly [one: string, many: string];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** Returns the path of a row's page. */
  readonly open: (row: Row) => string;
  /** Kinds of objects whose changes affect the list. */
  readonly kinds: readonly string[];
  /** Shown if the list is empty and no filter is set. */
  readonly empty: ReactNode;
  /** Shown next to the filter. */
  readonly actions?: ReactNode;
  /** A permanent filter, such as `node:n1`. */
  readonly only?: string;
  /** Arguments of the `muster` command that lists the same objects. */
  readonly command?: readonly string[];
}

/** A list of any length: the server filters, sorts and counts; the page loads only the visible rows. */
export function List<Row extends object>(props: ListProps<Row>): ReactNode {
  const range = useRange();
  if (range === undefined) return <PresentList {...props} />;
  return <DifferenceList {...props} range={range} />;
}

function DifferenceList<Row extends object>({
  only,
  title,
  range,
  actions,
  command,
  ...props
}: ListProps<Row> & { readonly range: Range }): ReactNode {
  const { filter = '', sort } = useSearch();
  const setSearch = useSetSearch();
  return (
    <section className={css['list']} aria-label={title}>
      <div className={css['tools']}>
        <Filter
          value={filter}
          title={title}
          onChange={(next) => setSearch({ filter: next === '' ? undefined : next }, { replace: true })}
        />
        {actions}
        {only === undefined ? <AsText path={props.path} command={command} /> : null}
      </div>
      <Suspense fallback={<Loading what={props.noun[1]} />}>
        <ComparedList<Row>
          {...props}
          title={title}
          filter={[only ?? '', filter].join(' ').trim()}
          sort={sort}
          range={range}
        />
      </Suspense>
    </section>
  );
}

function PresentList<Row>(props: ListProps<Row>): ReactNode {
  const { path, title, noun, columns, rowKey, open, kinds, empty, actions, only, command } = props;
  const search = useSearch();
  const setSearch = useSetSearch();
  const navigate = useNavigate();
  const filter = search['filter'] ?? '';
  const sort = search['sort'];
  const rows = useRows<Row>(path, [only ?? '', filter].join(' ').trim(), sort, kinds);
  const onSort = useCallback(
    (next: string | undefined) => setSearch({ sort: next }, { replace: true }),
    [setSearch],
  );
  return (
    <section className={css['list']} aria-label={title}>
      <div className={css['tools']}>
        <Filter
          value={filter}
          title={title}
          onChange={(next) => setSearch({ filter: next === '' ? undefined : next }, { replace: true })}
        />
        {actions}
        {only === undefined ? <AsText path={path} command={command} /> : null}
        <span className={css['total']} role="status">
          {rows.total === undefined ? '' : `${grouped(rows.total)} ${rows.total === 1 ? noun[0] : noun[1]}`}
        </span>
      </div>
      {rows.error !== undefined ? (
        <Failed error={rows.error} retry={rows.retry} />
      ) : rows.total === undefined ? (
        <Loading what={noun[1]} />
      ) : rows.total === 0 ? (
        filter === '' ? (
          <Empty
            title={`There are no ${noun[1]}${search['at'] === undefined ? '' : ' at the selected moment'}`}
          >
            {empty}
          </Empty>
        ) : (
          <Empty title={`No ${noun[0]} matches the filter`}>
            <button type="button" className="button" onClick={() => setSearch({ filter: undefined })}>
              Clear the filter
            </button>
          </Empty>
        )
      ) : (
        <Table
          label={title}
          columns={columns}
          total={rows.total}
          row={rows.row}
          rowKey={rowKey}
          sort={sort}
          onSort={onSort}
          onRange={rows.onRange}
          onOpen={(row) => void navigate({ to: open(row) as '/' })}
          dimmed={rows.dimmed}
        />
      )}
    </section>
  );
}

/** Shows the list, with its filter and order, as a command and as JSON. */
function AsText({
  path,
  command,
}: {
  readonly path: string;
  readonly command: readonly string[] | undefined;
}): ReactNode {
  const { filter = '', sort } = useSearch();
  const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
  if (filter !== '') query.set('filter', filter);
  if (sort !== undefined) query.set('sort', sort);
  return (
    <TextButton
      json={`${path}?${query.toString()}`}
      subject={undefined}
      {...(command === undefined ? {} : { command })}
    />
  );
}

interface Rows<Row> {
  readonly total: number | undefined;
  readonly error: Error | undefined;
  readonly dimmed: boolean;
  readonly row: (index: number) => Row | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly retry: () => void;
}

function useRows<Row>(
  path: string,
  filter: string,
  sort: string | undefined,
  kinds: readonly string[],
): Rows<Row> {
  const at = useAt();
  const [[first, last], setRange] = useState<readonly [number, number]>([0, 0]);
  const onRange = useCallback((from: number, to: number) => setRange([from, to]), []);
  const firstPage = Math.floor(first / PAGE_ROWS);
  const pages = Array.from(
    { length: Math.floor(last / PAGE_ROWS) - firstPage + 1 },
    (_, place) => (firstPage + place) * PAGE_ROWS,
  );
  const results = useQueries({
    queries: pages.map((offset) => {
      const query = new URLSearchParams({ offset: String(offset), limit: String(PAGE_ROWS) });
      if (filter !== '') query.set('filter', filter);
      if (sort !== undefined) query.set('sort', sort);
      const url = `${path}?${query.toString()}`;
      return {
        queryKey: readKey(url, at),
        queryFn: ({ signal }: { readonly signal: AbortSignal }) => readRows<Row>(url, at, signal),
        staleTime: at === undefined ? 0 : Infinity,
        meta: { subjects: kinds },
      };
    }),
  });
  const found = results.map(({ data }) => data);
  // The previous rows remain visible, dimmed, while new ones load, so that nothing jumps.
  const shown = useLast<Answer<Page<Row>> | undefined>(found, pages, path);
  const error = results.find((each) => each.error !== null)?.error ?? undefined;
  const total = [...shown.values()].find((each) => each !== undefined)?.body.total;
  return {
    total,
    error: error !== undefined && total === undefined ? error : undefined,
    dimmed: results.some(({ isPending }) => isPending),
    row: (index) => shown.get(Math.floor(index / PAGE_ROWS) * PAGE_ROWS)?.body.rows[index % PAGE_ROWS],
    onRange,
    retry: () => {
      for (const { refetch } of results) void refetch();
    },
  };
}

async function readRows<Row>(
  url: string,
  at: string | undefined,
  signal: AbortSignal,
): Promise<Answer<Page<Row>>> {
  const answer = await read<Partial<Page<Row>> | null>(url, at, signal);
  if (typeof answer.body?.total !== 'number' || !Array.isArray(answer.body.rows))
    throw new ApiError(200, 'The form of the response is unknown. The server may have been updated.');
  return answer as Answer<Page<Row>>;
}

/** Returns the latest value at each offset. A different list starts without values. */
function useLast<Value>(
  values: readonly Value[],
  offsets: readonly number[],
  list: string,
): ReadonlyMap<number, Value> {
  const [last, setLast] = useState<Last<Value>>({ list, values: new Map() });
  const next = merged(last, values, offsets, list);
  // React renders again immediately, before the browser paints.
  if (next !== last) setLast(next);
  return next.values;
}

interface Last<Value> {
  readonly list: string;
  readonly values: ReadonlyMap<number, Value>;
}

function merged<Value>(
  last: Last<Value>,
  values: readonly Value[],
  offsets: readonly number[],
  list: string,
): Last<Value> {
  const former = last.list === list ? last.values : new Map<number, Value>();
  const changed = values.some(
    (value, place) => value !== undefined && former.get(offsets[place] ?? 0) !== value,
  );
  if (!changed) return last.list === list ? last : { list, values: former };
  const next = new Map(former);
  values.forEach((value, place) => {
    if (value !== undefined) next.set(offsets[place] ?? 0, value);
  });
  return { list, values: next };
}
