import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { NeedsAccount } from '../../app/needs-account.js';
import { useSettings } from '../../app/settings.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import { useClock } from '../../moment/moment.js';
import { Unanswered } from '../../parts/states/states.js';
import { StatusIcon } from '../../parts/status/status.js';
import {
  addDays,
  addMonths,
  dayByKey,
  dayOf,
  isDay,
  startOfDay,
  weeksOfMonth,
  type Day,
} from '../../parts/time/days.js';
import { dateFormat } from '../../parts/time/date-format.js';
import css from './calendar.module.css';
import { DaySlots } from './day-slots.js';
import { useSlots, type Slots } from './read-slots.js';
import { outcomesOf, slotsByDay, summaryOf, wordOf, type Slot } from './slots.js';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Shows a month of a task's schedule slots: outcomes with their reasons, and planned slots. */
export function Calendar({ task }: { readonly task: string }): ReactNode {
  return (
    <NeedsAccount what="the calendar">
      <Month task={task} />
    </NeedsAccount>
  );
}

function Month({ task }: { readonly task: string }): ReactNode {
  const { utc } = useSettings();
  const { time } = useClock();
  const zone = utc ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayOf(time.getTime(), zone);
  const { day: asked } = useSearch();
  const chosen = isDay(asked) ? asked : today;
  const setSearch = useSetSearch();
  const choose = (day: Day): void => setSearch({ day: day === today ? undefined : day }, { replace: true });
  const weeks = weeksOfMonth(chosen);
  const [first = chosen, last = chosen] = [weeks[0]?.[0], weeks.at(-1)?.at(-1)];
  const [from, to] = useMemo(
    () => [startOfDay(first, zone), startOfDay(addDays(last, 1), zone)] as const,
    [first, last, zone],
  );
  const { data, error, refetch } = useSlots(task, from, to);
  // Memoized, because the page's clock re-renders this component every second.
  const days = useMemo(() => slotsByDay(data?.slots ?? [], zone, first, last), [data, zone, first, last]);
  return (
    <div className={css['calendar']} aria-busy={data === undefined && error === null}>
      <div className={css['head']}>
        <button
          type="button"
          className="button"
          aria-label="Previous month"
          onClick={() => choose(addMonths(chosen, -1))}
        >
          <ChevronLeft size={14} aria-hidden="true" />
        </button>
        <h2 id="month" aria-live="polite">
          {inWords(chosen, { month: 'long', year: 'numeric' })}
        </h2>
        <button
          type="button"
          className="button"
          aria-label="Next month"
          onClick={() => choose(addMonths(chosen, 1))}
        >
          <ChevronRight size={14} aria-hidden="true" />
        </button>
        {chosen.slice(0, 7) === today.slice(0, 7) ? null : (
          <button type="button" className="button" onClick={() => choose(today)}>
            This month
          </button>
        )}
        <span className="muted">Time zone: {zone}</span>
      </div>
      {data === undefined ? null : <Bounds {...data} zone={zone} />}
      <Grid
        weeks={weeks}
        days={days}
        known={data !== undefined}
        chosen={chosen}
        today={today}
        choose={choose}
      />
      {data === undefined ? (
        <Unanswered what="the month" error={error} retry={() => void refetch()} />
      ) : (
        <DaySlots
          task={task}
          title={inWords(chosen, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })}
          slots={days.get(chosen) ?? []}
          utc={utc}
        />
      )}
    </div>
  );
}

/** Shows which slots of the month are missing. */
function Bounds({ completeFrom, goesOn, slots, zone }: Slots & { readonly zone: string }): ReactNode {
  const planned = slots.findLast(({ status }) => status === 'planned');
  return (
    <>
      {completeFrom === undefined ? null : (
        <p className={css['bound']} role="note">
          The task runs too often to show all slots. Slots before{' '}
          {inWords(dayOf(completeFrom, zone), { day: 'numeric', month: 'long' })} are not shown here. The Runs
          tab lists all runs.
        </p>
      )}
      {goesOn && planned !== undefined ? (
        <p className={css['bound']} role="note">
          Planned slots are shown until {inWords(dayOf(planned.at, zone), { day: 'numeric', month: 'long' })}.
          The schedule continues after that.
        </p>
      ) : null}
    </>
  );
}

function Grid({
  weeks,
  days,
  known,
  chosen,
  today,
  choose,
}: {
  readonly weeks: readonly (readonly Day[])[];
  readonly days: ReadonlyMap<Day, readonly Slot[]>;
  /** False while the month is loading. The days are already rendered, so that the focus stays in the grid. */
  readonly known: boolean;
  readonly chosen: Day;
  readonly today: Day;
  readonly choose: (day: Day) => void;
}): ReactNode {
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [chosen]);
  const move = (event: KeyboardEvent): void => {
    const to = event.altKey || event.ctrlKey || event.metaKey ? undefined : dayByKey(chosen, event.key);
    if (to === undefined) return;
    event.preventDefault();
    moved.current = true;
    choose(to);
  };
  return (
    <div ref={grid} role="grid" className={css['grid']} aria-labelledby="month">
      <div role="row" className={css['week']}>
        {WEEKDAYS.map((name) => (
          <span key={name} role="columnheader" className={css['weekday']} aria-label={name}>
            {name.slice(0, 3)}
          </span>
        ))}
      </div>
      {weeks.map((week) => (
        <div key={week[0]} role="row" className={css['week']}>
          {week.map((day) => {
            const slots = days.get(day) ?? [];
            const summary = known ? summaryOf(slots) : 'loading';
            return (
              <div
                key={day}
                role="gridcell"
                className={css['day']}
                tabIndex={day === chosen ? 0 : -1}
                aria-selected={day === chosen}
                aria-current={day === today ? 'date' : undefined}
                title={summary}
                data-other={day.slice(0, 7) !== chosen.slice(0, 7)}
                onKeyDown={move}
                onClick={() => {
                  moved.current = true;
                  choose(day);
                }}
              >
                <span className="hidden-visually">
                  {inWords(day, { weekday: 'long', day: 'numeric', month: 'long' })}: {summary}
                </span>
                <span aria-hidden="true" className={css['number']}>
                  {Number(day.slice(8))}
                </span>
                <span aria-hidden="true" className={css['outcomes']}>
                  {outcomesOf(slots).map(({ status, count, more }) => (
                    <span key={status} className={css['outcome']}>
                      <StatusIcon value={wordOf(status)} />
                      {count}
                      {more ? '+' : ''} <span className={css['word']}>{wordOf(status)}</span>
                    </span>
                  ))}
                </span>
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

/** Formats a day. Days do not depend on the time zone here, so midnight in UTC is used. */
function inWords(day: Day, parts: Intl.DateTimeFormatOptions): string {
  return dateFormat('en-GB', { ...parts, timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
}
