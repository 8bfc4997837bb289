import { keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import type { Change } from '../../api/types.js';
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
  /** Whether the last {@link MAX_EMPTY_PAGES} pages were empty. */
  readonly isStalled: boolean;
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
  const newest = data?.pages.slice(-MAX_EMPTY_PAGES) ?? [];
  const isStalled =
    hasNextPage && newest.length === MAX_EMPTY_PAGES && newest.every(({ changes }) => changes.length === 0);
  const goOn = (): void => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  };
  return {
    rows: data?.pages.flatMap(({ changes }) => changes),
    error,
    isLoaded: data !== undefined,
    isStale: isPlaceholderData,
    isComplete: !hasNextPage,
    more: () => {
      if (!isStalled) goOn();
    },
    isStalled,
    goOn,
    retry: () => void refetch(),
  };
}
