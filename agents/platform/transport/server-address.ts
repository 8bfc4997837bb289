const SCHEME = 'unix:';

export interface ServerAddress {
  readonly origin: string;
  /** Prefix of all paths. */
  readonly prefix: string;
  /** The Unix socket that the server listens at. */
  readonly socketPath?: string;
}

/** Whether a text is the URL of a Unix socket, such as `unix:/run/muster/server.sock`. Addresses of sockets have at most 107 bytes. */
export function isSocketUrl(text: string): boolean {
  return /^unix:\/[^/]/.test(text) && Buffer.byteLength(text) <= SCHEME.length + 107;
}

export function socketPathOf(url: string): string {
  return url.slice(SCHEME.length);
}

export function addressOfServer(url: string): ServerAddress {
  if (isSocketUrl(url)) return { origin: 'http://localhost', prefix: '', socketPath: socketPathOf(url) };
  const { origin, pathname } = new URL(url);
  return { origin, prefix: pathname.replace(/\/+$/, '') };
}
