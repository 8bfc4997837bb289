export const COOKIE_LIFETIME_MS = 15 * 60_000;
/** Minimum interval between renewals. Without it, each request would append an event. */
export const RENEWAL_INTERVAL_MS = 60_000;

/** An unused console session ends after this time. */
export const CONSOLE_IDLE_MS = 30 * 60_000;
/** Every console session ends after this time. */
export const CONSOLE_LIFETIME_MS = 12 * 3600_000;
/** Minimum interval between recorded renewals of a console session, because an open page sends requests all the time. */
export const CONSOLE_RENEWAL_INTERVAL_MS = 10 * 60_000;

/**
 * Returns the new expiry of a console session that is in use, or undefined if no renewal needs to be recorded or the session has ended. Times are in
 * milliseconds since the epoch.
 */
export function consoleRenewal(
  { expiresAt, endsAt }: { readonly expiresAt: number; readonly endsAt: number },
  now: number,
): number | undefined {
  const renewed = Math.min(now + CONSOLE_IDLE_MS, endsAt);
  const isDue =
    renewed - expiresAt > CONSOLE_RENEWAL_INTERVAL_MS || (renewed === endsAt && expiresAt < endsAt);
  return expiresAt > now && isDue ? renewed : undefined;
}

/** Returns whether to record a renewal: the session is valid and was not renewed recently. */
export function isRenewable(expiresAt: number, now: number): boolean {
  return expiresAt > now && now + COOKIE_LIFETIME_MS - expiresAt > RENEWAL_INTERVAL_MS;
}

export const REFRESH_LIFETIME_MS = 30 * 24 * 3600_000;
