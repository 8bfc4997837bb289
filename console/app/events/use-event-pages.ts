import { keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import type { Change } from '../../api/types.js';
import { useState } from 'react';
import { againAfterFailure } from '../../moment/use-read.js';
import { readEvents, type EventsPage, type EventsWanted } from './source.js';

/** Number of consecutive empty pages after which loading more events requires a click. Each page examines many events. */
const MAX_EMPTY_PAGES = 10;

export interface EventPages {
  /** In the wanted order. Undefined if none are loaded yet. */
  readonly rows: readonly Change[] | undefined;
  readonly error: Error | null;
  readonly isLoaded: boolean;
  /** Whether the rows match an earlier filter, because the new ones are loading. */
  readonly isStale: boolean;
  readonly isComplete: boolean;
  /** Loads the next events, unless they are already being loaded, or `isStalled`. */
  readonly more: () => void;
  /** Whether {@link MAX_EMPTY_PAGES} pages have been empty since the last match, or since `goOn`. */
  readonly isStalled: boolean;
  /** Position up to which the events were examined. Undefined if all were. */
  readonly examined: string | undefined;
  /** Examines as many pages again. */
  readonly goOn: () => void;
  readonly retry: () => void;
}

/** Reads the events up to a position, page by page. */
export function useEventPages(to: string | undefined, wanted: EventsWanted): EventPages {
  const { data, error, isPlaceholderData, hasNextPage, isFetching, fetchNextPage, refetch } =
    useInfiniteQuery<EventsPage, Error, InfiniteData<EventsPage>, readonly unknown[], string | undefined>({
      queryKey: ['events', to ?? '', wanted],
      queryFn: async ({ pageParam, signal }) => await readEvents(wanted, to ?? '', pageParam, signal),
      initialPageParam: undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
      enabled: to !== undefined,
      // Recorded events do not change.
      staleTime: Infinity,
      refetchInterval: againAfterFailure,
      placeholderData: keepPreviousData,
    });
  const pages = data?.pages ?? [];
  const [resumed, setResumed] = useState<{
    readonly first: EventsPage | undefined;
    readonly pages: number;
  }>();
  const found = pages.findLastIndex(({ changes }) => changes.length > 0) + 1;
  const examinedBefore = resumed?.first === pages[0] ? (resumed?.pages ?? 0) : 0;
  const isStalled = hasNextPage && pages.length - Math.max(found, examinedBefore) >= MAX_EMPTY_PAGES;
  const next = (): void => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  };
  return {
    rows: data?.pages.flatMap(({ changes }) => changes),
    error,
    isLoaded: data !== undefined,
    isStale: isPlaceholderData,
    isComplete: !hasNextPage,
    more: () => {
      if (!isStalled) next();
    },
    isStalled,
    examined: pages.at(-1)?.next ?? undefined,
    goOn: () => {
      setResumed({ first: pages[0], pages: pages.length });
      next();
    },
    retry: () => void refetch(),
  };
}
