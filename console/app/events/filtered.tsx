import { useEffect, useState, type ReactNode } from 'react';
import css from '../list.module.css';
import { useSettings } from '../settings.js';
import { useAt } from '../../moment/in-url.js';
import { useFeed, useTimeOf } from '../../moment/moment.js';
import { Empty, Loading, Unanswered } from '../../parts/states/states.js';
import { absolute, grouped } from '../../parts/time/format.js';
import { EventTable, ROWS_AHEAD } from './event-table.js';
import { useEventFilter, type EventFilter } from './filters.js';
import { useAfter } from './use-after.js';
import { useEventPages, type EventPages } from './use-event-pages.js';

/** The events of a node and of the allocations on it, newest first: what moved where during a drain, for example. */
export function NodeEvents({ id }: { readonly id: string }): ReactNode {
  const { oldestFirst } = useEventFilter();
  const filter = { type: '', object: `node:${id}`, actor: '', from: '', oldestFirst, isSet: true };
  return (
    <section className={css['list']} aria-label="Activity">
      <FilteredEvents filter={filter} />
    </section>
  );
}

/** The matching events up to the moment, or up to the time at which the filter was set. */
export function FilteredEvents({ filter: { from, ...wanted } }: { readonly filter: EventFilter }): ReactNode {
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
