import { Link } from '@tanstack/react-router';
import { FileDown } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Change } from '../../api/types.js';
import css from '../../app/list.module.css';
import { ObjectLink, short } from '../../app/object-link.js';
import { useAt, useSetSearch } from '../../moment/in-url.js';
import { When } from '../../moment/when.js';
import { Unanswered } from '../../parts/states/states.js';
import type { Column } from '../../parts/table/columns.js';
import { Table } from '../../parts/table/table.js';
import { grouped } from '../../parts/time/format.js';
import { ACTOR_COLUMN, HAPPENED_COLUMN } from '../../why/event-columns.js';
import type { Followed } from './followed.js';
import { useNewerEvents } from './use-newer-events.js';
import { useOlderEvents } from './use-older-events.js';

/** Older events are loaded when the view comes within this many rows of the last one. */
const ROWS_AHEAD = 60;

const COLUMNS: readonly Column<Change>[] = [
  {
    id: 'position',
    title: 'Position',
    width: '80px',
    align: 'end',
    cell: ({ position }) => <span className="mono">{grouped(position)}</span>,
  },
  {
    id: 'at',
    title: 'When',
    width: '90px',
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

/** All events up to the moment, newest first. New events appear while the first row is in view. */
export function EventsPage(): ReactNode {
  const at = useAt();
  const setSearch = useSetSearch();
  const moment = at !== undefined && /^\d+$/.test(at) ? at : undefined;
  const newest = useNewerEvents(moment === undefined);
  const [held, setHeld] = useState<Followed>();
  const [visit, setVisit] = useState(0);
  const followed = held ?? newest;
  const { rows, error, isComplete, more, isStalled, goOn, retry } = useOlderEvents(moment ?? followed?.after);
  if (rows === undefined) return <Unanswered what="events" error={error} retry={retry} />;
  const all = moment === undefined && followed !== undefined ? [...followed.events, ...rows] : rows;
  const waiting = held === undefined || newest === undefined ? 0 : newest.seen - held.seen;
  const onRange = (first: number, last: number): void => {
    if (last >= all.length - ROWS_AHEAD) more();
    if (moment !== undefined) return;
    if (first === 0 && held !== undefined) setHeld(undefined);
    if (first > 0 && held === undefined) setHeld(newest);
  };
  const toTop = (): void => {
    setHeld(undefined);
    setVisit(visit + 1);
  };
  return (
    <section className={css['list']} aria-label="Events">
      <div className={css['tools']}>
        <Link to={'/incident' as '/'} className="button">
          <FileDown size={14} aria-hidden="true" /> Incident file
        </Link>
        {waiting === 0 ? null : (
          <button type="button" className="button" onClick={toTop}>
            Show {grouped(waiting)} newer {waiting === 1 ? 'event' : 'events'}
          </button>
        )}
        {isStalled ? (
          <button type="button" className="button" onClick={goOn}>
            Search older events
          </button>
        ) : null}
        <span className={css['total']} role="status">
          {grouped(all.length)} {all.length === 1 ? 'event' : 'events'}
          {isComplete ? '' : ', more below'}
        </span>
      </div>
      <Table
        key={visit}
        label="Events"
        columns={COLUMNS}
        total={all.length}
        row={(index) => all[index]}
        rowKey={({ position, kind, id }) => `${position} ${kind ?? ''} ${id ?? ''}`}
        onRange={onRange}
        onOpen={({ position }) => setSearch({ at: position })}
      />
    </section>
  );
}
