/** Smaller differences are ignored: the `Date` header is in whole seconds, and a response takes time to arrive. */
const TOLERANCE_MS = 5_000;

let aheadMs = 0;
const listeners = new Set<() => void>();

/** Returns the current time by the server's clock, because ages and moments on the page refer to the server's events. */
export function serverNow(): Date {
  return new Date(Date.now() - aheadMs);
}

/** Returns how many milliseconds this computer's clock is ahead of the server's. Negative if it is behind, 0 if they agree. */
export function clockAhead(): number {
  return aheadMs;
}

export function onClockAhead(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Compares the clocks using the `Date` header of a response that has just arrived. */
export function compareClocks(date: string | null): void {
  const difference = Date.now() - Date.parse(date ?? '');
  if (Number.isNaN(difference)) return;
  // Small changes are network delay. Applying them would shift every age on the page.
  if (Math.abs(difference - aheadMs) <= TOLERANCE_MS && aheadMs !== 0) return;
  const now = Math.abs(difference) <= TOLERANCE_MS ? 0 : difference;
  if (now === aheadMs) return;
  aheadMs = now;
  for (const listener of listeners) listener();
}
