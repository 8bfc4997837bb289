import type { QueryClient } from '@tanstack/react-query';
import { ChangeFeed } from './changes.js';
import type { Change } from './types.js';

export const feed = new ChangeFeed();

/** Minimum interval between refreshes of a page, in milliseconds. */
const REFRESH_MS = 250;

/** Objects that a query shows. `job:hello` is one object, and `job` means all jobs. */
export interface Shown {
  readonly subjects?: readonly string[];
}

export function shows(subjects: readonly string[], changed: ReadonlySet<string>): boolean {
  return subjects.some((subject) => changed.has(subject));
}

/** Refetches the queries whose objects changed, in batches. Pauses while the page is hidden, and catches up when it becomes visible. */
export function refreshWhatChanges(client: QueryClient): void {
  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = (): void => {
    timer = undefined;
    if (document.hidden || changed.size === 0) return;
    const now = new Set(changed);
    changed.clear();
    void client.invalidateQueries({
      predicate: ({ meta, queryKey }) =>
        queryKey[2] === 'live' && shows((meta as Shown | undefined)?.subjects ?? [], now),
    });
  };
  const note = ({ kind, id, of }: Change): void => {
    for (const object of [...of, ...(kind === null ? [] : [`${kind}:${id ?? ''}`])])
      changed.add(object).add(object.slice(0, object.indexOf(':')));
    timer ??= setTimeout(refresh, REFRESH_MS);
  };
  feed.onChange(note);
  document.addEventListener('visibilitychange', refresh);
}
