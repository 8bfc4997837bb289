import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

export class ClientAddresses {
  readonly #proxies: BlockList;

  constructor(proxies: readonly string[] = []) {
    this.#proxies = blockListOf(proxies);
  }

  isProxy(address: string | undefined): boolean {
    const plain = plainAddress(address ?? '');
    return plain !== undefined && this.#proxies.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * Returns the client's address. Each proxy appends the address of its peer, so the last address that is not a proxy's is the client's. Anything
   * before it was written by the client. The header is used only if it comes from a proxy.
   */
  of({
    socket: { remoteAddress = '' },
    headers,
  }: Pick<IncomingMessage, 'headers'> & {
    readonly socket: { readonly remoteAddress?: string | undefined };
  }): string {
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

function plainAddress(text: string): string | undefined {
  const [, bracketed, v4] = /^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(text) ?? [];
  const address = (bracketed ?? v4 ?? text).replace(/%.*$/, '');
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}
