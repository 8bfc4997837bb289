/** Milliseconds that a session of a browser outlives its last renewal. */
export const COOKIE_LIFETIME_MS = 15 * 60_000;
/** Milliseconds behind a renewal in which uses leave no event: or else each request would write one. */
export const RENEWAL_INTERVAL_MS = 60_000;

/** Whether a use now is to be stored: the session holds, and was not renewed a moment ago. Times in milliseconds since the epoch. */
export function isRenewable(expiresAt: number, now: number): boolean {
  return expiresAt > now && now + COOKIE_LIFETIME_MS - expiresAt > RENEWAL_INTERVAL_MS;
}

/** Milliseconds that a refresh token is good for. */
export const REFRESH_LIFETIME_MS = 30 * 24 * 3600_000;
