import { keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { read } from '../../api/client.js';
import type { Change } from '../../api/types.js';
import { againAfterFailure } from '../../moment/use-read.js';

interface EventsPage {
  readonly changes: readonly Change[];
  /** Position of the next older event, or null if there is none. */
  readonly next: string | null;
}

/** Number of events per request. */
const PAGE = 200;
/** Number of consecutive empty pages after which loading older events requires a click. Each page examines many events. */
const MAX_EMPTY_PAGES = 10;

export interface OlderEvents {
  /** Newest first. Undefined if none are loaded yet. */
  readonly rows: readonly Change[] | undefined;
  readonly error: Error | null;
  readonly isComplete: boolean;
  /** Loads older events, unless they are already being loaded, or `isStalled`. */
  readonly more: () => void;
  /** Whether the last {@link MAX_EMPTY_PAGES} pages were empty. */
  readonly isStalled: boolean;
  readonly goOn: () => void;
  readonly retry: () => void;
}

/** Reads the events up to a position, page by page. */
export function useOlderEvents(to: string | undefined): OlderEvents {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery<
    EventsPage,
    Error,
    InfiniteData<EventsPage>,
    readonly unknown[],
    string
  >({
    queryKey: ['events', to ?? ''],
    queryFn: async ({ pageParam, signal }) =>
      (await read<EventsPage>(`/console/api/events?to=${pageParam}&limit=${PAGE}`, undefined, signal)).body,
    initialPageParam: to ?? '',
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
    isComplete: !hasNextPage,
    more: () => {
      if (!isStalled) goOn();
    },
    isStalled,
    goOn,
    retry: () => void refetch(),
  };
}
