import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Who makes a request, where proxies stand before the server. */
export class ClientAddresses {
  readonly #proxies: BlockList;

  /** @param proxies addresses, and ranges such as `10.0.0.0/8`, of proxies whose `X-Forwarded-For` is true. */
  constructor(proxies: readonly string[] = []) {
    this.#proxies = blockListOf(proxies);
  }

  /** Whether a connection, or an address, is one of the proxies'. */
  isProxy(address: string | undefined): boolean {
    const plain = plainAddress(address ?? '');
    return plain !== undefined && this.#proxies.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * The address that a request comes from. What another than a proxy says of itself is not looked at. Each proxy adds the address of its own peer at the end:
   * the last one that is not a proxy's is the client's, and what stands before it is what the client wrote.
   */
  of({
    socket: { remoteAddress = '' },
    headers,
  }: Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } }): string {
    let nearest = plainAddress(remoteAddress) ?? remoteAddress;
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (this.isProxy(nearest)) {
      const before = plainAddress(forwarded.pop()?.trim() ?? '');
      if (before === undefined) return nearest;
      nearest = before;
    }
    return nearest;
  }
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** An address without a port, a zone, brackets or the prefix of IPv4 within IPv6. Undefined: it is none. */
function plainAddress(text: string): string | undefined {
  const [, bracketed, v4] = /^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(text) ?? [];
  const address = (bracketed ?? v4 ?? text).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}
