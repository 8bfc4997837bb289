import { Link } from '@tanstack/react-router';
import { FileDown } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Change } from '../../api/types.js';
import css from '../../app/list.module.css';
import { ObjectLink, short } from '../../app/object-link.js';
import { useSettings } from '../../app/settings.js';
import { useAt, useSearch, useSetSearch } from '../../moment/in-url.js';
import { useFeed, useTimeOf } from '../../moment/moment.js';
import { When } from '../../moment/when.js';
import { Empty, Loading, Unanswered } from '../../parts/states/states.js';
import type { Column } from '../../parts/table/columns.js';
import { Table } from '../../parts/table/table.js';
import { absolute, grouped } from '../../parts/time/format.js';
import { ACTOR_COLUMN, HAPPENED_COLUMN } from '../../why/event-columns.js';
import type { Followed } from './followed.js';
import { useNewerEvents } from './use-newer-events.js';
import { EventFilters, useEventFilter, type EventFilter } from './filters.js';
import type { EventsWanted } from './source.js';
import { useAfter } from './use-after.js';
import { useEventPages, type EventPages } from './use-event-pages.js';

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

const EVERYTHING: EventsWanted = { type: '', object: '', actor: '', after: undefined, oldestFirst: false };

/** The events up to the moment, newest first unless they are sorted otherwise. */
export function EventsPage(): ReactNode {
  const filter = useEventFilter();
  return (
    <section className={css['list']} aria-label="Events">
      <EventFilters filter={filter} />
      {filter.isSet || filter.oldestFirst ? <FilteredEvents filter={filter} /> : <AllEvents />}
    </section>
  );
}

/** All events. New events appear while the first row is in view. */
function AllEvents(): ReactNode {
  const at = useAt();
  const moment = at !== undefined && /^\d+$/.test(at) ? at : undefined;
  const newest = useNewerEvents(moment === undefined);
  const [held, setHeld] = useState<Followed>();
  const [visit, setVisit] = useState(0);
  const followed = held ?? newest;
  const pages = useEventPages(moment ?? followed?.after, EVERYTHING);
  const { rows, error, more, retry } = pages;
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
    <EventTable
      key={visit}
      rows={all}
      pages={pages}
      onRange={onRange}
      tools={
        waiting === 0 ? null : (
          <button type="button" className="button" onClick={toTop}>
            Show {grouped(waiting)} newer {waiting === 1 ? 'event' : 'events'}
          </button>
        )
      }
    />
  );
}

/** The matching events up to the moment, or up to the time at which the filter was set. */
function FilteredEvents({ filter: { from, ...wanted } }: { readonly filter: EventFilter }): ReactNode {
  const at = useAt();
  const { position: head } = useFeed();
  const [known, setKnown] = useState<string>();
  if (known === undefined && head !== undefined) setKnown(head);
  const moment = at !== undefined && /^\d+$/.test(at) ? at : undefined;
  const { after, problem, isKnown } = useAfter(from);
  const { type, object, actor, oldestFirst } = wanted;
  const pages = useEventPages(isKnown ? (moment ?? known) : undefined, {
    type,
    object,
    actor,
    after,
    oldestFirst,
  });
  const { rows = [], error, isLoaded, more, retry } = pages;
  // A page may have no matching events, and then no table reports which rows are visible.
  useEffect(() => {
    if (isLoaded && rows.length === 0 && error === null) more();
  });
  if (problem !== undefined || !isLoaded)
    return <Unanswered what="events" error={problem ?? error} retry={retry} />;
  const isOld =
    moment === undefined && head !== undefined && known !== undefined && BigInt(head) > BigInt(known);
  const onRange = (_: number, last: number): void => {
    if (last >= rows.length - ROWS_AHEAD) more();
  };
  return (
    <EventTable
      rows={rows}
      pages={pages}
      onRange={onRange}
      tools={
        isOld ? (
          <button type="button" className="button" onClick={() => setKnown(head)}>
            Look for newer events
          </button>
        ) : null
      }
      empty={<NothingFound pages={pages} oldestFirst={oldestFirst} />}
    />
  );
}

/** Distinguishes a log without a matching event from a search that has examined only a part of the log. */
function NothingFound({
  pages: { isComplete, isStalled, examined, error, goOn },
  oldestFirst,
}: {
  readonly pages: EventPages;
  readonly oldestFirst: boolean;
}): ReactNode {
  const { utc } = useSettings();
  const time = useTimeOf(isStalled ? examined : undefined);
  if (isComplete) return <Empty title="No event matches the filter" />;
  if (error !== null) return <Unanswered what="events" error={error} retry={goOn} />;
  if (!isStalled) return <Loading what={`events. Nothing was found up to #${grouped(examined ?? '')}`} />;
  const moment = `${time === undefined ? '' : `${absolute(time, new Date(0), utc)}, `}#${grouped(examined ?? '')}`;
  return (
    <Empty title={`No event was found ${oldestFirst ? 'up' : 'back'} to ${moment}`}>
      <button type="button" className="button" onClick={goOn}>
        Search further
      </button>
    </Empty>
  );
}

function EventTable({
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
