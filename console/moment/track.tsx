import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { read } from '../api/client.js';
import { serverNow } from '../api/server-time.js';
import type { components } from '../generated/audit.js';
import { useSettings } from '../app/settings.js';
import { visible } from '../parts/name/visible.js';
import { absolute, grouped } from '../parts/time/format.js';
import { nearest, placeOf, timeAt, type Axis, type Tick } from './axis.js';
import { useSearch, useSetSearch } from './in-url.js';
import { tickKindOf, type TickKind } from './marks.js';
import { useClock, useTimeOf } from './moment.js';
import { useSubject } from './subject.js';
import { useMarks } from './use-marks.js';
import { useRead } from './use-read.js';
import css from './track.module.css';

type Moments = components['schemas']['Moments'];
type ObjectChanges = components['schemas']['ObjectChanges'];

const BUCKETS = 120;
const REFRESH_MS = 15_000;
/** A drag loads a moment once the pointer has rested for this many milliseconds. */
const REST_MS = 60;
/** A drag snaps to a change of the object within this distance, in pixels. */
const SNAP_PX = 6;
const HOUR_MS = 3_600_000;
const WINDOWS: readonly (readonly [value: string, label: string, hours: number])[] = [
  ['hour', '1 hour', 1],
  ['day', '24 hours', 24],
  ['week', '7 days', 168],
];

/** The timeline: event and failure counts over time, the changes of the page's object, and the displayed moments. */
export function Track(): ReactNode {
  const { at, vs } = useSearch();
  const [window, setWindow] = useState('all');
  const hours = WINDOWS.find(([value]) => value === window)?.[2];
  const { data, error } = useQuery({
    queryKey: ['moments', window],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ buckets: String(BUCKETS) });
      if (hours !== undefined)
        query.set('from', new Date(serverNow().getTime() - hours * HOUR_MS).toISOString());
      return (await read<Moments>(`/audit/moments?${query.toString()}`, undefined, signal)).body;
    },
    refetchInterval: REFRESH_MS,
    placeholderData: (previous) => previous,
  });
  if (data === undefined)
    return error === null ? null : (
      <p className={css['none']}>Only administrators and auditors can see the timeline.</p>
    );
  return (
    <div className={css['track']}>
      <select
        className="input"
        aria-label="Timeline range"
        value={window}
        onChange={({ target }) => setWindow(target.value)}
      >
        <option value="all">All</option>
        {WINDOWS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Line moments={data} at={at} vs={vs} />
    </div>
  );
}

function Line({
  moments,
  at,
  vs,
}: {
  readonly moments: Moments;
  readonly at: string | undefined;
  readonly vs: string | undefined;
}): ReactNode {
  const setSearch = useSetSearch();
  const { utc } = useSettings();
  const axis: Axis = { from: Date.parse(moments.from), to: Date.parse(moments.to) };
  const ticks = useTicks(axis);
  const marks = useMarksOn(axis);
  const { time } = useClock();
  const atTime = useTimeOf(at);
  const vsTime = useTimeOf(vs);
  const line = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [dragged, setDragged] = useState<number>();
  useEffect(() => () => clearTimeout(timer.current), []);
  // The last bucket of the axis ends after now.
  const place = dragged ?? placeOf((atTime ?? time).getTime(), axis);
  const label = (time: number): string => absolute(new Date(time), new Date(0), utc);
  const go = (to: number): void => {
    const width = line.current?.clientWidth ?? 1;
    const tick = nearest([...marks, ...ticks], to, SNAP_PX / width);
    const moment = timeAt(to, axis);
    const now = moment >= serverNow().getTime() || to >= 1;
    setSearch({ at: now ? undefined : (tick?.position ?? new Date(moment).toISOString()) }, { scrubs: true });
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const to = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    setDragged(to);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(to), REST_MS);
  };
  const press = ({ key, shiftKey }: KeyboardEvent): boolean => {
    const step = (shiftKey ? 10 : 1) / BUCKETS;
    const to = key === 'ArrowLeft' ? place - step : key === 'ArrowRight' ? place + step : undefined;
    if (to === undefined) return false;
    go(to);
    return true;
  };
  const most = Math.max(1, ...moments.buckets.map(({ events }) => events));
  return (
    <div
      ref={line}
      className={css['line']}
      role="slider"
      tabIndex={0}
      aria-label="Moment on the timeline"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(place * 100)}
      aria-valuetext={at === undefined && dragged === undefined ? 'now' : label(timeAt(place, axis))}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
      }}
      onPointerUp={() => setDragged(undefined)}
      onPointerCancel={() => setDragged(undefined)}
      onKeyDown={(event) => {
        if (press(event)) event.preventDefault();
      }}
    >
      <div className={css['bars']} aria-hidden="true">
        {moments.buckets.map(({ at: start, events, failures }) => (
          <span
            key={start}
            title={`${label(Date.parse(start))}: ${events} ${events === 1 ? 'event' : 'events'}, ${failures} ${failures === 1 ? 'failure' : 'failures'}`}
            data-failures={failures > 0}
            style={{ height: events === 0 ? 0 : `${Math.max(12, (100 * events) / most)}%` }}
          />
        ))}
      </div>
      <Changes ticks={ticks} />
      <Stars marks={marks} />
      {vsTime === undefined ? null : (
        <span
          className={css['other']}
          title={`Compared with ${label(vsTime.getTime())}`}
          style={{ left: `${placeOf(vsTime.getTime(), axis) * 100}%` }}
        />
      )}
      <span className={css['head']} data-past={at !== undefined} style={{ left: `${place * 100}%` }} />
      <span className={css['from']}>{label(axis.from)}</span>
      <span className={css['to']}>{label(axis.to)}</span>
    </div>
  );
}

interface ChangeTick extends Tick {
  readonly kind: TickKind;
  readonly sentence: string;
}

function Changes({ ticks }: { readonly ticks: readonly ChangeTick[] }): ReactNode {
  return ticks.map(({ position, place, kind, sentence }) => (
    <span
      key={position}
      className={css['tick']}
      data-kind={kind}
      title={sentence}
      style={{ left: `${place * 100}%` }}
    />
  ));
}

interface NotedTick extends Tick {
  readonly note: string;
}

/** Returns the user's marks that fall within the axis. */
function useMarksOn(axis: Axis): readonly NotedTick[] {
  return useMarks()
    .map(({ position, at, note }) => ({ position, note, time: Date.parse(at) }))
    .filter(({ time }) => time >= axis.from && time <= axis.to)
    .map(({ position, note, time }) => ({ position, note, place: placeOf(time, axis) }));
}

function Stars({ marks }: { readonly marks: readonly NotedTick[] }): ReactNode {
  return marks.map(({ position, place, note }) => (
    <span
      key={position}
      className={css['mark']}
      title={`Mark #${grouped(position)} ${visible(note)}`}
      style={{ left: `${place * 100}%` }}
    >
      ★
    </span>
  ));
}

/** Returns the changes of the page's object that fall within the axis. */
function useTicks(axis: Axis): readonly ChangeTick[] {
  const subject = useSubject();
  const path =
    subject === undefined ? undefined : `/audit/changes?of=${encodeURIComponent(subject)}&limit=200`;
  const { data } = useRead<ObjectChanges>(path, {
    now: true,
    subjects: subject === undefined ? [] : [subject],
  });
  return (data?.body.changes ?? [])
    .map(({ at, ...change }) => ({ ...change, time: Date.parse(at) }))
    .filter(({ time }) => time >= axis.from && time <= axis.to)
    .map(({ position, time, type, sentence }) => ({
      position,
      place: placeOf(time, axis),
      kind: tickKindOf(type),
      sentence: visible(sentence),
    }));
}
