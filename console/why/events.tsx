import type { ReactNode } from 'react';
import type { components } from '../generated/audit.js';
import { useAt, useSetSearch } from '../moment/in-url.js';
import { useRead } from '../moment/use-read.js';
import { When } from '../moment/when.js';
import { isMissing, Unanswered } from '../parts/states/states.js';
import { change, useSettings } from '../app/settings.js';
import css from './events.module.css';
import { Actor } from './actor.js';
import { EventLink } from './event-link.js';
import { isProgress } from './progress.js';
import { Words } from './words.js';

type Changes = components['schemas']['ObjectChanges'];
const MOST_EVENTS = 200;

/** Lists the events of one object, newest first. A click moves the page to the moment of an event. */
export function Events({ of }: { readonly of: string }): ReactNode {
  const at = useAt();
  const setSearch = useSetSearch();
  const path = `/audit/changes?of=${encodeURIComponent(of)}&limit=${MOST_EVENTS}`;
  const { data, error, refetch } = useRead<Changes>(path, { now: true, subjects: [of] });
  const { allEvents } = useSettings();
  const recorded = data?.body.changes ?? [];
  const changes = allEvents ? recorded : recorded.filter(({ type }) => !isProgress(type));
  const hidden = recorded.filter(({ type }) => isProgress(type)).length;
  const moment = at !== undefined && /^\d+$/.test(at) ? BigInt(at) : undefined;
  const current =
    moment === undefined ? undefined : changes.find(({ position }) => BigInt(position) <= moment)?.position;
  return (
    <aside className={css['events']} aria-label="Events">
      <h2>
        Events{' '}
        <span className="muted">
          {data === undefined ? '' : `${changes.length}${data.body.next === null ? '' : '+'}`}
        </span>
      </h2>
      {data !== undefined ? null : isMissing(error) ? (
        <p className={css['none']}>No events.</p>
      ) : (
        <Unanswered what="events" error={error} retry={() => void refetch()} />
      )}
      <ol>
        {changes.map(({ position, type, at: time, actor, actor_name, sentence, event }) => (
          <li
            key={`${position}-${event}`}
            data-current={position === current}
            data-future={moment !== undefined && BigInt(position) > moment}
          >
            <button
              type="button"
              className={css['event']}
              aria-current={position === current ? 'true' : undefined}
              title="Show this moment"
              onClick={() => setSearch({ at: position })}
            >
              <Words text={sentence} />
            </button>
            <span className={css['meta']}>
              <When at={time} position={position} /> · <EventLink position={position} label={type} />
              <Actor actor={actor} actor_name={actor_name} />
            </span>
          </li>
        ))}
      </ol>
      {hidden === 0 ? null : (
        <button
          type="button"
          className={`button ${css['progress']}`}
          onClick={() => change({ allEvents: !allEvents })}
        >
          {allEvents ? 'Hide' : 'Show'} {hidden} {hidden === 1 ? 'event' : 'events'} of progress
        </button>
      )}
    </aside>
  );
}
