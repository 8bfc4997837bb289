import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { isLoopback } from '../loopback.js';

export interface HostNamesOptions {
  /** The name or address that the listener was given. */
  readonly listen: string;
  /** Further names that are answered, each with or without a port (`MUSTER_ALLOWED_HOSTS`). */
  readonly allowed?: readonly string[];
  /** URLs that others are told to come by. Asked anew each time, as one may be known only after the listener is open. */
  readonly advertised?: () => readonly (string | undefined)[];
}

/** Values of `Host` that were answered and are remembered. */
const KEPT = 256;

/**
 * The names that a listener answers to: those of loopback, what it listens on, the hosts of its advertised URLs and what was allowed; on a
 * wildcard address any IP address too. Any other name was led here by somebody else's DNS: a page of that name would count as ours
 * for the browser that shows it (DNS rebinding).
 */
export class HostNames {
  readonly #known: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #wildcard: boolean;
  readonly #advertised: () => readonly (string | undefined)[];
  readonly #answered = new LRUCache<string, true>({ max: KEPT });

  constructor({ listen, allowed = [], advertised = () => [] }: HostNamesOptions) {
    this.#known = new Set([nameIn(listen.includes(':') ? `[${listen}]` : listen), ...allowed.map(nameIn)].filter((name) => name !== undefined));
    this.#origins = new Set(allowed.map((host) => host.toLowerCase()));
    this.#wildcard = WILDCARDS.has(listen);
    this.#advertised = advertised;
  }

  /** Whether a `Host` header names this listener. Its port says nothing: there may be a translation of addresses between. */
  answersTo(host: string): boolean {
    if (this.#answered.has(host)) return true;
    const name = nameIn(host);
    if (name === undefined || !this.#isOwn(name)) return false;
    this.#answered.set(host, true);
    return true;
  }

  /** Whether the host of an `Origin` was allowed, with its port: a proxy may hide from us the name that its clients know. */
  allowsOrigin(host: string): boolean {
    return this.#origins.has(host);
  }

  #isOwn(name: string): boolean {
    if (isLoopback(name) || this.#known.has(name)) return true;
    if (this.#wildcard && isIP(name) !== 0) return true;
    return this.#advertised().some((url) => url !== undefined && hostOf(url) === name);
  }
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]', '']);

/** The name in `name`, `name:port`, `[address]` or `[address]:port`: lower case, without brackets and a last dot; undefined for what is none of these. */
export function nameIn(host: string): string | undefined {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  if (address !== undefined) return isIP(address) === 6 ? hostOf(`http://[${address}]`) : undefined;
  return name?.toLowerCase().replace(/\.$/, '');
}

/** The host of a URL, IPv6 as it is written shortest; undefined where it is none. */
function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '') : undefined;
}
