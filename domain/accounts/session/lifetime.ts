export const COOKIE_LIFETIME_MS = 15 * 60_000;
/** Minimum interval between renewals, since otherwise each request would append an event. */
export const RENEWAL_INTERVAL_MS = 60_000;

/**
 * Returns whether a renewal should be recorded: the session is valid and was not renewed recently. Times in
 * milliseconds since the epoch.
 */
export function isRenewable(expiresAt: number, now: number): boolean {
  return expiresAt > now && now + COOKIE_LIFETIME_MS - expiresAt > RENEWAL_INTERVAL_MS;
}

export const REFRESH_LIFETIME_MS = 30 * 24 * 3600_000;
