import type { ReactNode } from 'react';
import { ObjectLink } from '../../app/object-link.js';
import { Name } from '../../parts/name/name.js';
import { Status } from '../../parts/status/status.js';
import { absolute } from '../../parts/time/format.js';
import css from './calendar.module.css';
import { wordOf, type Slot } from './slots.js';

/** Maximum number of slots to show. The remaining slots of a day are only counted. */
const MOST_SLOTS = 200;

/** Lists the slots of one day, each with its time, outcome and reason. */
export function DaySlots({
  task,
  title,
  slots,
  utc,
}: {
  readonly task: string;
  readonly title: string;
  readonly slots: readonly Slot[];
  readonly utc: boolean;
}): ReactNode {
  return (
    <section className={css['chosen']} aria-label={title}>
      <h3>{title}</h3>
      {slots.length === 0 ? (
        <p className="muted">Nothing is scheduled on this day, and nothing ran.</p>
      ) : (
        <ul className="bare">
          {slots.slice(0, MOST_SLOTS).map(({ key, at, until, status, count, reason, run }) => (
            <li key={key} className={css['slot']}>
              <span className={css['when']}>{timesOf(at, until, utc)}</span>
              <Status value={wordOf(status)} />
              <span className={css['why']}>
                {run === undefined ? null : (
                  <ObjectLink kind="run" id={`${task}/${run}`} label={`Run ${run}`} />
                )}
                {until > at ? `${count === null ? 'Several' : count} slots. ` : null}
                {reason === undefined ? null : <Name text={reason} />}
              </span>
            </li>
          ))}
        </ul>
      )}
      {slots.length > MOST_SLOTS ? <p className="muted">And {slots.length - MOST_SLOTS} more.</p> : null}
    </section>
  );
}

function timesOf(at: number, until: number, utc: boolean): string {
  const [from, to] = [new Date(at), new Date(until)];
  return until > at ? `${absolute(from, to, utc)} – ${absolute(to, from, utc)}` : absolute(from, from, utc);
}
