import type { Socket } from 'node:net';
import type { ConnectionOptions, NatsConnection } from 'nats';
import { NatsConnectionImpl, setTransportFactory } from 'nats/lib/src/nats-base-client.js';
import { nodeResolveHost, NodeTransport } from 'nats/lib/src/node_transport.js';
import type { TrustedPeers } from '../../listener/trusted-peers.js';

/** Checks the other end of each connection before the client sends its credentials. */
class CheckedTransport extends NodeTransport {
  constructor(
    private readonly peers: TrustedPeers,
    private readonly refused: (error: unknown) => void,
  ) {
    super();
  }

  override async dial(at: { hostname: string; port: number }): Promise<Socket> {
    const socket = await super.dial(at);
    // With `tls://` the client continues only if the server has a certificate for its name.
    if (this.options.tls !== undefined) return socket;
    try {
      await this.peers.check(socket);
      return socket;
    } catch (error) {
      socket.destroy();
      // While the client reconnects, it tells its user about no failed attempt.
      this.refused(error);
      throw error;
    }
  }
}

/** Connects as `connect` of the package does, but with {@link CheckedTransport}. The package creates transports with a factory for the whole process. */
export async function connectChecked(
  options: ConnectionOptions,
  peers: TrustedPeers,
  refused: (error: unknown) => void,
): Promise<NatsConnection> {
  setTransportFactory({
    factory: () => new CheckedTransport(peers, refused),
    dnsResolveFn: nodeResolveHost,
  });
  return await NatsConnectionImpl.connect(options);
}
