import { Link } from '@tanstack/react-router';
import { FileDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Change } from '../../api/types.js';
import css from '../list.module.css';
import { ObjectLink, short } from '../object-link.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import { When } from '../../moment/when.js';
import type { Column } from '../../parts/table/columns.js';
import { Table } from '../../parts/table/table.js';
import { grouped } from '../../parts/time/format.js';
import { ACTOR_COLUMN, HAPPENED_COLUMN } from '../../why/event-columns.js';
import { EventLink } from '../../why/event-link.js';
import type { EventPages } from './use-event-pages.js';

/** Older events are loaded when the view comes within this many rows of the last one. */
export const ROWS_AHEAD = 60;

const COLUMNS: readonly Column<Change>[] = [
  {
    id: 'position',
    title: 'Position',
    width: '80px',
    align: 'end',
    cell: ({ position }) => (
      <span className="mono">
        <EventLink position={position} label={grouped(position)} />
      </span>
    ),
  },
  {
    id: 'at',
    title: 'When',
    width: '90px',
    sort: 'at',
    cell: ({ at, position }) => <When at={at} position={position} />,
  },
  HAPPENED_COLUMN,
  {
    id: 'object',
    title: 'Object',
    width: 'minmax(140px, 1fr)',
    cell: ({ kind, id }) =>
      kind === null || id === null ? (
        <span className="muted">–</span>
      ) : (
        <>
          <span className="muted">{kind}</span> <ObjectLink kind={kind} id={id} label={short(id)} quiet />
        </>
      ),
  },
  { id: 'type', title: 'Event', width: '180px', cell: ({ type }) => type },
  ACTOR_COLUMN,
];

export function EventTable({
  rows,
  pages: { isComplete, isStale, isStalled, examined, goOn },
  onRange,
  tools,
  empty,
}: {
  readonly rows: readonly Change[];
  readonly pages: EventPages;
  readonly onRange: (first: number, last: number) => void;
  readonly tools: ReactNode;
  /** Shown instead of the table if there are no rows. */
  readonly empty?: ReactNode;
}): ReactNode {
  const { sort } = useSearch();
  const setSearch = useSetSearch();
  return (
    <>
      <div className={css['tools']}>
        <Link to={'/incident' as '/'} className="button">
          <FileDown size={14} aria-hidden="true" /> Incident file
        </Link>
        {tools}
        {isStalled && rows.length > 0 ? (
          <button type="button" className="button" onClick={goOn}>
            Search further
          </button>
        ) : null}
        <span className={css['total']} role="status">
          {grouped(rows.length)} {rows.length === 1 ? 'event' : 'events'}
          {isComplete
            ? ''
            : isStalled || rows.length === 0
              ? `, searched ${sort === 'at' ? 'up' : 'back'} to #${grouped(examined ?? '')}`
              : ', more below'}
        </span>
      </div>
      {rows.length === 0 && empty !== undefined ? (
        empty
      ) : (
        <Table
          label="Events"
          columns={COLUMNS}
          total={rows.length}
          row={(index) => rows[index]}
          rowKey={({ position, kind, id }) => `${position} ${kind ?? ''} ${id ?? ''}`}
          sort={sort}
          onSort={(next) => setSearch({ sort: next }, { replace: true })}
          onRange={onRange}
          onOpen={({ position }) => setSearch({ at: position })}
          dimmed={isStale}
        />
      )}
    </>
  );
}
