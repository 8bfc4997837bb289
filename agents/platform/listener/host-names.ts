import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { isLoopback } from '../loopback.js';

export interface HostNamesOptions {
  readonly listen: string;
  readonly allowed?: readonly string[];
  readonly advertised?: () => readonly (string | undefined)[];
}

const CACHE_SIZE = 256;

/**
 * The host names that a listener accepts: loopback, its listen address, the hosts of advertised URLs and the allowed names; on a wildcard address
 * also every IP address. Other names come from foreign DNS, and a browser would treat their pages as Muster's own (DNS rebinding).
 */
export class HostNames {
  readonly #known: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #wildcard: boolean;
  readonly #advertised: () => readonly (string | undefined)[];
  readonly #answered = new LRUCache<string, true>({ max: CACHE_SIZE });

  constructor({ listen, allowed = [], advertised = () => [] }: HostNamesOptions) {
    this.#known = new Set(
      [nameIn(listen.includes(':') ? `[${listen}]` : listen), ...allowed.map(nameIn)].filter(
        (name) => name !== undefined,
      ),
    );
    this.#origins = new Set(allowed.map((host) => host.toLowerCase()));
    this.#wildcard = WILDCARDS.has(listen);
    this.#advertised = advertised;
  }

  /** Returns whether a `Host` header refers to this listener. The port is ignored because of address translation. */
  answersTo(host: string): boolean {
    if (this.#answered.has(host)) return true;
    const name = nameIn(host);
    if (name === undefined || !this.#isOwn(name)) return false;
    this.#answered.set(host, true);
    return true;
  }

  /** Returns whether the host and port of an `Origin` header are allowed. A proxy may hide the name that its clients use. */
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

/**
 * Extracts the name from `name`, `name:port`, `[address]` or `[address]:port`, in lower case and without brackets or a trailing dot. Returns
 * undefined if the text has none of these formats.
 */
export function nameIn(host: string): string | undefined {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  if (address !== undefined) return isIP(address) === 6 ? hostOf(`http://[${address}]`) : undefined;
  return name?.toLowerCase().replace(/\.$/, '');
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '') : undefined;
}
