import { useQueries } from '@tanstack/react-query';
import { read } from '../api/client.js';
import type { NodeRow, Page } from '../api/types.js';
import { useAt } from '../moment/in-url.js';
import { readKey, useRead } from '../moment/use-read.js';

/** The server's maximum page size. */
const PAGE_ROWS = 200;
/** A map with more cells would be unreadable. The list shows all nodes. */
const MAX_NODES = 2000;
const SUBJECTS = ['node', 'allocation'];

export interface AllNodes {
  /** The first 2,000 nodes by name. */
  readonly nodes: readonly NodeRow[];
  /** Undefined while loading. */
  readonly total: number | undefined;
  readonly error: Error | undefined;
  readonly busy: boolean;
  readonly retry: () => void;
}

/** Reads the nodes for a map, up to {@link MAX_NODES}. */
export function useAllNodes(): AllNodes {
  const at = useAt();
  const urlOf = (offset: number): string =>
    `/console/api/nodes?${new URLSearchParams({ sort: 'name', offset: String(offset), limit: String(PAGE_ROWS) }).toString()}`;
  const first = useRead<Page<NodeRow>>(urlOf(0), { subjects: SUBJECTS });
  const total = first.data?.body.total;
  const more = Math.max(0, Math.ceil(Math.min(total ?? 0, MAX_NODES) / PAGE_ROWS) - 1);
  const rest = useQueries({
    queries: Array.from({ length: more }, (_, page) => {
      const url = urlOf((page + 1) * PAGE_ROWS);
      return {
        queryKey: readKey(url, at),
        queryFn: ({ signal }: { readonly signal: AbortSignal }) => read<Page<NodeRow>>(url, at, signal),
        staleTime: at === undefined ? 0 : Infinity,
        meta: { subjects: SUBJECTS },
      };
    }),
  });
  return {
    nodes: [first, ...rest].flatMap(({ data }) => data?.body.rows ?? []),
    total,
    error: total === undefined ? (first.error ?? undefined) : undefined,
    busy: first.isPlaceholderData || rest.some(({ isPending }) => isPending),
    retry: () => void first.refetch(),
  };
}
