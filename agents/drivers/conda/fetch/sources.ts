import type { Credential } from '../tools/credentials.js';

export interface Source {
  readonly url: URL;
}

export function sourcesOf(channels: readonly string[], pipIndex: string | undefined): Source[] {
  return [...channels, ...(pipIndex === undefined ? [] : [pipIndex])].map((url) => ({ url: new URL(url) }));
}

export function endpointOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}

export function credentialsIn(sources: readonly Source[]): Credential[] {
  return sources.flatMap(({ url }) => {
    if (url.username === '') return [];
    return [
      {
        host: endpointOf(url),
        user: decodeURIComponent(url.username),
        secret: decodeURIComponent(url.password),
      },
    ];
  });
}

/** Returns only the credentials for these sources. A credential without a port applies to all ports of sources on its host. */
export function credentialsFor(sources: readonly Source[], credentials: readonly Credential[]): Credential[] {
  return credentials.filter((credential) => sources.some(({ url }) => isFor(credential, url)));
}

/** Returns the `Authorization` header for a URL. Undefined if the URL is not at a source of the node, or if the source has no credential. */
export function credentialFor(
  url: URL,
  kind: 'conda' | 'pip',
  sources: readonly Source[],
  credentials: readonly Credential[],
): { readonly authorization?: string; readonly prefix?: string } | undefined {
  // Never send the credential of an HTTPS source over plain HTTP, where it could be intercepted.
  const source = sources.find(
    (each) => endpointOf(each.url) === endpointOf(url) && each.url.protocol === url.protocol,
  );
  const found = source && credentials.find((each) => isFor(each, source.url));
  if (found === undefined) return undefined;
  if (found.user === undefined && kind === 'conda')
    return url.pathname.startsWith('/t/') ? undefined : { prefix: `/t/${found.secret}` };
  return {
    authorization: `Basic ${Buffer.from(`${found.user ?? '__token__'}:${found.secret}`).toString('base64')}`,
  };
}

function isFor({ host }: Credential, url: URL): boolean {
  if (url.protocol === 'file:') return false;
  return /:\d+$/.test(host) && !host.endsWith(']')
    ? host.toLowerCase() === endpointOf(url)
    : host.toLowerCase() === url.hostname;
}
