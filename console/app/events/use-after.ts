import { useQuery } from '@tanstack/react-query';
import { serverNow } from '../../api/server-time.js';
import { useSettings } from '../settings.js';
import { positionOf } from '../../moment/position-of.js';

interface After {
  /** Only events after this position are wanted. Undefined if there is no bound. */
  readonly after: string | undefined;
  readonly problem: Error | undefined;
  /** Whether the moment has been resolved. */
  readonly isKnown: boolean;
}

/** Resolves a typed moment to the position before it. */
export function useAfter(from: string): After {
  const { utc } = useSettings();
  const { data, error } = useQuery<string, Error>({
    queryKey: ['after', from, utc],
    queryFn: async ({ signal }) => await afterOf(from, utc, signal),
    enabled: from !== '',
    staleTime: Infinity,
    retry: false,
  });
  if (from === '') return { after: undefined, problem: undefined, isKnown: true };
  return { after: data, problem: error ?? undefined, isKnown: data !== undefined };
}

async function afterOf(from: string, utc: boolean, signal: AbortSignal): Promise<string> {
  const position = await positionOf(from, serverNow(), utc, signal);
  // A typed position is wanted itself. A time is resolved to the last event up to it.
  const isTyped = /^#?\s?\d[\d\s_,]*$/.test(from.trim());
  return String(isTyped && position > 0n ? position - 1n : position);
}
