import type { components } from '../generated/audit.js';
import { useRead } from '../moment/use-read.js';

export type Why = components['schemas']['Why'];

/** Reads the explanation of an object. Parts of a page that use it share one request. */
export function useWhy(
  kind: components['schemas']['ExplainedKind'],
  id: string,
  subjects: readonly string[],
): ReturnType<typeof useRead<Why>> {
  return useRead<Why>(`/audit/why/${kind}/${encodeURIComponent(id)}`, { subjects });
}
