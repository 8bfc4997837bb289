import { isIP } from 'node:net';
import { nameIn } from './listener/index.js';

/** A host, or a single port of a host. Names are in lower case without a trailing dot; addresses have no brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port?: number | undefined;
}

export interface EndpointList {
  readonly ranges: readonly string[];
  readonly hosts: readonly Endpoint[];
}

/** Parses ranges (`10.0.0.0/8`) and hosts (`wiki.intern`, `10.0.0.7:8080`, `[fd00::7]:80`), separated by commas. Errors name the invalid entry. */
export function parseEndpointList(text: string): EndpointList {
  const ranges: string[] = [];
  const hosts: Endpoint[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    if (entry.includes('/')) {
      ranges.push(rangeOf(entry));
    } else hosts.push(parseEndpoint(entry));
  }
  return { ranges, hosts };
}

/** Validated without the address library, so that a server that only reads settings does not have to load it. */
function rangeOf(entry: string): string {
  const [address = '', bits = ''] = entry.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (
    most === undefined ||
    address.includes('%') ||
    !/^\d{1,3}$/.test(bits) ||
    Number(bits) > most ||
    entry !== `${address}/${bits}`
  )
    throw new Error(`${entry} is not an address range such as 10.0.0.0/8`);
  return entry;
}

const PORT = /:(\d{1,5})$/;

function parseEndpoint(entry: string): Endpoint {
  if (isIP(entry) === 6) return { host: nameIn(`[${entry}]`) ?? entry };
  const host = nameIn(entry);
  const port = entry.endsWith(']') ? undefined : PORT.exec(entry)?.[1];
  if (host === undefined || (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)))
    throw new Error(`${entry} is not a host, with or without a port`);
  return port === undefined ? { host } : { host, port: Number(port) };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  nats: 4222,
  tls: 4222,
  esdb: 2113,
  kurrentdb: 2113,
  mongodb: 27_017,
  tcp: 2375,
};

/** Returns the hosts of a connection URL, which may list several: `nats://a:4222,nats://b`, `mongodb://user:password@a,b/database`. */
export function endpointsOfUrl(text: string): Endpoint[] {
  const scheme = /^([a-z]+)[a-z+]*:\/\//i.exec(text)?.[1]?.toLowerCase() ?? '';
  return text
    .split(',')
    .map((part) =>
      part
        .replace(/^[a-z+]+:\/\//i, '')
        .replace(/[/?#].*$/, '')
        .replace(/^.*@/, ''),
    )
    .filter((part) => nameIn(part) !== undefined)
    .map((part) => ({ port: DEFAULT_PORTS[scheme], ...parseEndpoint(part) }));
}

export function endpointText({ host, port }: Endpoint): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
