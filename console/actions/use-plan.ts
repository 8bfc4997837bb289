import { useQuery } from '@tanstack/react-query';
import { command } from '../api/client.js';

/** Asks the server what a change would do. It plans it for the state at present, without writing anything. */
export function usePlan<Plan>(
  path: string,
  body: unknown,
): { readonly data: Plan | undefined; readonly error: Error | null } {
  return useQuery({
    queryKey: ['plan', path, body],
    queryFn: async ({ signal }) => await command<Plan>(path, { method: 'POST', body, signal }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}
