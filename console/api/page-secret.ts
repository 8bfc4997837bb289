const KEY = 'muster.page-secret';
let known: string | undefined;

/**
 * Returns the secret of the session, which the server requires together with the cookie: other ports of this host receive the cookie too, but the page's
 * storage belongs to this port alone. All tabs share it, so it is read each time.
 */
export function pageSecret(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? known;
  } catch {
    return known;
  }
}

/** Stores the secret of a new session, or forgets it. Without storage, the session is that of this tab. */
export function keepPageSecret(secret: string | undefined): void {
  known = secret;
  try {
    if (secret === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, secret);
  } catch {
    // The browser allows no storage here.
  }
}
