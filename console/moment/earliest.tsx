import type { ReactNode } from 'react';
import { ApiError } from '../api/client.js';
import { useSetSearch } from './in-url.js';

/** Links to the earliest retained moment if the error message contains it. */
export function Earliest({ error }: { readonly error: Error }): ReactNode {
  const setSearch = useSetSearch();
  const position = earliestIn(error);
  if (position === undefined) return null;
  return (
    <button type="button" className="button" onClick={() => setSearch({ at: position })}>
      Show the earliest moment
    </button>
  );
}

/** Parses the message, because only the message is the same on every surface. */
function earliestIn(error: Error): string | undefined {
  if (!(error instanceof ApiError) || error.status !== 410) return undefined;
  return /is kept from .* which is position (\d+)/.exec(error.message)?.[1];
}
