import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { resolveMoment } from '../api/client.js';
import { feed } from '../api/live.js';
import { serverNow } from '../api/server-time.js';
import { useAt } from './in-url.js';

/** Time of the selected moment, and whether it is in the past. */
export interface Clock {
  readonly past: boolean;
  readonly time: Date;
  /** False while the time of the moment is loading. */
  readonly known: boolean;
}

const ClockContext = createContext<Clock>({ past: false, time: new Date(0), known: true });
const SECOND_MS = 1000;

/** Returns the time that all relative times on the page refer to. */
export function useClock(): Clock {
  return useContext(ClockContext);
}

export function ClockProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const at = useAt();
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (at !== undefined) return undefined;
    const timer = setInterval(() => setNow(serverNow()), SECOND_MS);
    return () => clearInterval(timer);
  }, [at]);
  const then = useTimeOf(at);
  const past = at !== undefined;
  const time = past ? (then ?? now) : now;
  return <ClockContext value={{ past, time, known: !past || then !== undefined }}>{children}</ClockContext>;
}

/** Returns the time of a moment. Undefined for now, or while it is loading. */
export function useTimeOf(at: string | undefined): Date | undefined {
  const { data } = useQuery({
    queryKey: ['moment', at ?? ''],
    queryFn: ({ signal }) => resolveMoment(at ?? '', signal),
    enabled: at !== undefined,
    staleTime: Infinity,
  });
  return data?.at;
}

export function useFeed(): ReturnType<typeof feed.status> {
  return useSyncExternalStore(feed.onStatus, feed.status);
}
