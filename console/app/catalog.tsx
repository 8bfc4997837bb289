import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import { read } from '../api/client.js';
import type { ComparedList as ComparedListType } from '../compare/list.js';
import { useAt, useRange, useSearch, useSetSearch } from '../moment/in-url.js';
import { readKey } from '../moment/use-read.js';
import { Empty, Loading, Unanswered } from '../parts/states/states.js';
import type { Column } from '../parts/table/columns.js';
import { Table } from '../parts/table/table.js';
import { grouped } from '../parts/time/format.js';
import { Filter } from './filter.js';
import { narrowed } from './narrowed.js';
import { readPages, type Pages, type ReadPages } from './pages.js';
import { TextButton } from './text-button.js';
import css from './list.module.css';

const ComparedList = lazy(async () => ({
  default: (await import('../compare/list.js')).ComparedList,
})) as typeof ComparedListType;

export interface CatalogProps<Row> extends Pages<Row> {
  readonly title: string;
  readonly noun: readonly [one: string, many: string];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly open: (row: Row) => string;
  /** Returns the path of a page of the list. Page numbers start at 1. */
  readonly path: (page: number) => string;
  readonly kinds?: readonly string[];
  readonly empty: ReactNode;
  /** Arguments of the `muster` command that lists the same objects. */
  readonly command: readonly string[];
}

/** A list from an API that neither filters nor sorts. The browser does both, so all rows are read. */
export function Catalog<Row extends object>(props: CatalogProps<Row>): ReactNode {
  const { title, noun, columns, rowKey, open, path, kinds = [], empty, command } = props;
  const search = useSearch();
  const { filter = '', sort } = search;
  const at = useAt();
  const range = useRange();
  const setSearch = useSetSearch();
  const navigate = useNavigate();
  const rowsAt = async (moment: string | undefined, signal: AbortSignal): Promise<ReadPages<Row>> =>
    await readPages((page) => read<never>(path(page), moment, signal), props);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: readKey(path(1), at),
    queryFn: async ({ signal }) => await rowsAt(at, signal),
    staleTime: at === undefined ? 0 : Infinity,
    placeholderData: (previous) => previous,
    meta: { subjects: kinds },
    enabled: range === undefined,
  });
  const rows = narrowed(data?.rows ?? [], filter, sort);
  return (
    <section className={css['list']} aria-label={title}>
      <div className={css['tools']}>
        <Filter
          value={filter}
          title={title}
          onChange={(next) => setSearch({ filter: next === '' ? undefined : next }, { replace: true })}
        />
        <TextButton json={path(1)} subject={undefined} command={command} />
        <span className={css['total']} role="status">
          {data === undefined || range !== undefined
            ? ''
            : `${grouped(rows.length)} ${rows.length === 1 ? noun[0] : noun[1]}${data.isCut ? ` (only the first ${grouped(data.rows.length)} are loaded)` : ''}`}
        </span>
      </div>
      {range !== undefined ? (
        <Suspense fallback={<Loading what={noun[1]} />}>
          <ComparedList<Row>
            {...props}
            path={path(1)}
            kinds={kinds}
            filter={filter}
            sort={sort}
            range={range}
            load={async (moment, signal) => {
              const { rows, span } = await rowsAt(moment, signal);
              const shown = narrowed(rows, filter, sort);
              return { body: { total: shown.length, rows: shown }, span };
            }}
          />
        </Suspense>
      ) : data === undefined ? (
        <Unanswered what={noun[1]} error={error} retry={() => void refetch()} />
      ) : rows.length === 0 ? (
        <Empty
          title={
            filter === ''
              ? `There are no ${noun[1]}${at === undefined ? '' : ' at the selected moment'}`
              : `No ${noun[0]} matches the filter`
          }
        >
          {filter === '' ? empty : null}
        </Empty>
      ) : (
        <Table
          label={title}
          columns={columns}
          total={rows.length}
          row={(index) => rows[index]}
          rowKey={rowKey}
          sort={sort}
          onSort={(next) => setSearch({ sort: next }, { replace: true })}
          onOpen={(row) => void navigate({ to: open(row) as '/' })}
          dimmed={isPlaceholderData}
        />
      )}
    </section>
  );
}
