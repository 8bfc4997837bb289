import { BlockList, isIP, Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { TrustedPeers, UntrustedPeerError } from '#agents/platform/listener/trusted-peers.js';

/** A user of this machine who connected from the address of a proxy. */
export interface Impostor {
  readonly user: string;
  readonly address: string;
}

/** Connections over the server's Unix socket. Only users whom its permissions admit can open them, such as the proxy's. */
const OVER_SOCKET = new WeakSet<object>();

export function markOverSocket(connection: object): void {
  OVER_SOCKET.add(connection);
}

/** The address of a connection's other side, and whether it is a proxy's. */
interface Peer {
  /** Empty for Unix sockets, which have no address. */
  readonly address: string;
  readonly isProxy: boolean;
}

export class ClientAddresses {
  readonly #proxies: BlockList;
  /** Every request asks for the address of its connection, which costs more than the rest of its admission. */
  readonly #peers = new WeakMap<object, Peer>();
  /** Connections from addresses of proxies that are examined. Every user of this machine can connect from an address of loopback. */
  readonly #examined = new WeakMap<object, Promise<void>>();
  readonly #impostors = new WeakSet<object>();
  readonly #told = new Set<string>();

  constructor(
    proxies: readonly string[] = [],
    private readonly users = new TrustedPeers(),
    private readonly onImpostor: (impostor: Impostor) => void = () => undefined,
  ) {
    this.#proxies = blockListOf(proxies);
  }

  /** Looks up once whether a connection from a proxy's address within this machine is a trusted user's. Undefined if that is known. Call it before {@link of}. */
  examine(connection: object): Promise<void> | undefined {
    if (!(connection instanceof Socket) || !this.#peerOf(connection).isProxy) return undefined;
    const known = this.#examined.get(connection);
    if (known !== undefined) return known;
    const { address } = this.#peerOf(connection);
    const examining = this.users.check(connection).catch((error: unknown) => {
      this.#impostors.add(connection);
      const user = error instanceof UntrustedPeerError ? (error.user ?? 'unknown') : 'unknown';
      if (!this.#told.has(user)) this.onImpostor({ user, address });
      this.#told.add(user);
    });
    this.#examined.set(connection, examining);
    return examining;
  }

  isProxy(address: string | undefined): boolean {
    const plain = plainAddress(address ?? '');
    return plain !== undefined && this.#proxies.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  }

  /** Whether a connection comes from a proxy's address or over the Unix socket, and may therefore be anyone's. */
  isProxied(connection: { readonly remoteAddress?: string | undefined }): boolean {
    return OVER_SOCKET.has(connection) || this.#peerOf(connection).isProxy;
  }

  #peerOf(connection: { readonly remoteAddress?: string | undefined }): Peer {
    const known = this.#peers.get(connection);
    if (known !== undefined) return known;
    const { remoteAddress = '' } = connection;
    const address = plainAddress(remoteAddress) ?? remoteAddress;
    const peer = { address, isProxy: this.isProxy(address) };
    this.#peers.set(connection, peer);
    return peer;
  }

  /**
   * Returns the client's address. Each proxy appends the address of its peer, so the last address that is not a proxy's is the client's. Anything
   * before it was written by the client. The header is used only if it comes from a proxy.
   */
  of({
    socket,
    headers,
  }: Pick<IncomingMessage, 'headers'> & {
    readonly socket: { readonly remoteAddress?: string | undefined };
  }): string {
    const { address, isProxy } = this.#peerOf(socket);
    if (this.#impostors.has(socket) || !(isProxy || (address === '' && OVER_SOCKET.has(socket))))
      return address;
    let nearest = address;
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    do {
      const before = plainAddress(forwarded.pop()?.trim() ?? '');
      if (before === undefined) return nearest;
      nearest = before;
    } while (this.isProxy(nearest));
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
