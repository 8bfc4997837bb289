import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { mayPass, read, type Answer } from '../api/client.js';
import { useAt } from './in-url.js';

export interface ReadOptions {
  /** Objects whose changes refresh the query: `job:hello`, or `job` for all jobs. */
  readonly subjects?: readonly string[];
  /** Always reads the present, for data that concerns the log itself or is not recorded. */
  readonly now?: boolean;
  /** Reads as of this position instead of the selected moment. */
  readonly asOf?: string | undefined;
  /** Also refetches at this interval in milliseconds, for data that changes without an event. */
  readonly every?: number;
}

const AGAIN_MS = 3_000;

/** Returns how long to wait before repeating a failed read, in milliseconds, or false. Until then, the page shows the error. */
export function againAfterFailure({
  state,
}: {
  readonly state: { readonly error: unknown };
}): number | false {
  return mayPass(state.error) ? AGAIN_MS : false;
}

export function readKey(path: string, at: string | undefined): readonly unknown[] {
  return ['read', path, at ?? 'live'];
}

/** Reads a path, if there is one, as of the selected moment. The previous response remains visible while another moment is loading. */
export function useRead<Body>(
  path: string | undefined,
  { subjects = [], now = false, asOf, every }: ReadOptions = {},
): UseQueryResult<Answer<Body>, Error> {
  const shown = useAt();
  const at = now ? undefined : (asOf ?? shown);
  return useQuery<Answer<Body>, Error>({
    queryKey: readKey(path ?? '', at),
    queryFn: ({ signal }) => read<Body>(path ?? '', at, signal),
    enabled: path !== undefined,
    staleTime: at === undefined ? 0 : Infinity,
    refetchInterval: at === undefined && every !== undefined ? every : againAfterFailure,
    placeholderData: (previous, query) => (samePlace(query?.queryKey[1], path) ? previous : undefined),
    meta: { subjects },
  });
}

/** The previous rows stay visible while the same list loads with a different filter, but not while a different object loads. */
function samePlace(former: unknown, path: string | undefined): boolean {
  return typeof former === 'string' && former.split('?')[0] === path?.split('?')[0];
}
