import { useState, type ReactNode } from 'react';
import css from '../../app/list.module.css';
import { useAt } from '../../moment/in-url.js';
import { Unanswered } from '../../parts/states/states.js';
import { grouped } from '../../parts/time/format.js';
import { EventTable, ROWS_AHEAD } from '../../app/events/event-table.js';
import { FilteredEvents } from '../../app/events/filtered.js';
import { EventFilters, useEventFilter } from '../../app/events/filters.js';
import type { Followed } from './followed.js';
import type { EventsWanted } from '../../app/events/source.js';
import { useEventPages } from '../../app/events/use-event-pages.js';
import { useNewerEvents } from './use-newer-events.js';

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
