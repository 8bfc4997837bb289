import { useEffect, useState, type ReactNode } from 'react';
import { grouped, duration } from '../parts/time/format.js';
import { useAt } from './in-url.js';
import { useFeed } from './moment.js';
import css from './live.module.css';

const WORDS = {
  off: 'Connecting',
  live: 'Live',
  polling: 'Polling every 5 s',
  reconnecting: 'Reconnecting',
  'signed-out': 'Signed out',
  missing: 'Not live',
} as const;

/** Shows whether the page follows the log, up to which position, and with what delay. */
export function Live(): ReactNode {
  const { state, position, lagMs, since } = useFeed();
  const at = useAt();
  const seconds = useSecondsSince(since, state === 'reconnecting');
  const behind =
    at === undefined || position === undefined || !/^\d+$/.test(at)
      ? undefined
      : BigInt(position) - BigInt(at);
  return (
    <span className={css['live']} data-state={state} data-position={position}>
      <span className={css['dot']} aria-hidden="true" />
      <span>{at === undefined || state !== 'live' ? WORDS[state] : 'Now at'}</span>
      {position === undefined ? null : <span className={css['position']}>#{grouped(position)}</span>}
      {state === 'live' && at === undefined && lagMs !== undefined ? (
        <span className={css['lag']} title="Delay between the latest event and its arrival in this page">
          {duration(lagMs / 1000)}
        </span>
      ) : null}
      {state === 'reconnecting' ? <span className={css['lag']}>for {duration(seconds)}</span> : null}
      {behind !== undefined && behind > 0n ? (
        <span className={css['lag']}>
          ({grouped(String(behind))} {behind === 1n ? 'event' : 'events'} later)
        </span>
      ) : null}
    </span>
  );
}

function useSecondsSince(since: number, running: boolean): number {
  const [now, setNow] = useState(since);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return Math.max(0, now - since) / 1000;
}
