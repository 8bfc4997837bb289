import { isIP } from 'node:net';
import { carriedAddress, isWithin, kindOfAddress, parseRange, type Range } from './address.js';
import type { EndpointList } from './endpoint-list.js';

/** What an operator allows in addition to the Internet. */
export class AllowedEndpoints {
  readonly #ranges: readonly Range[];

  constructor(private readonly list: EndpointList) {
    this.#ranges = list.ranges.map(parseRange);
  }

  /** `address`: one that `host` resolves to, or an empty string if it is unknown. */
  includes(host: string, port: number, address: string): boolean {
    const carried = carriedAddress(address);
    return (
      this.#ranges.some((range) => isWithin(address, range) || isWithin(carried, range)) ||
      this.list.hosts.some(
        (each) =>
          (each.host === host || each.host === carried) && (each.port === undefined || each.port === port),
      )
    );
  }

  names(host: string): boolean {
    return this.list.hosts.some((each) => each.host === host);
  }
}

/** Returns the host of a URL, without brackets and trailing dot, and its port. */
export function endpointOf(url: URL): { readonly host: string; readonly port: number } {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return { host, port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port) };
}

const LOOPBACK_NAME = /(^|\.)localhost$/;

/** Returns the address that a host is in itself, without resolving a name: an IP address, or loopback for `localhost`. */
export function ownAddress(host: string): string | undefined {
  if (isIP(host) !== 0) return host;
  return LOOPBACK_NAME.test(host) ? '127.0.0.1' : undefined;
}

/** Returns the kind of a URL's address (`private`) if it is not on the Internet, or undefined if it is, or if only its node can know. */
export function kindOfUrl(url: URL): string | undefined {
  const address = ownAddress(endpointOf(url).host);
  return address === undefined ? undefined : kindOfAddress(address);
}
