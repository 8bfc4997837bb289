import type { LookupFunction } from 'node:net';
import type { buildConnector as Connectors } from 'undici';
import type { TrustedPeers } from '../listener/trusted-peers.js';
import { buildConnector } from './undici-parts.js';

interface ConnectorOptions {
  readonly timeout?: number;
  readonly lookup?: LookupFunction;
  readonly socketPath?: string | undefined;
}

/** Returns a connector for undici that checks the other end of each new connection before any request is sent over it. */
export function checkedConnector(peers: TrustedPeers, options: ConnectorOptions): Connectors.connector {
  const { socketPath, ...others } = options;
  const connect = buildConnector({ ...others, ...(socketPath !== undefined && { socketPath }) });
  const checkFile = async (): Promise<void> => {
    if (socketPath !== undefined) await peers.checkFile(socketPath);
  };
  return (target, callback) => {
    const open = (): void =>
      connect(target, (...[error, socket]) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        peers.check(socket).then(
          () => callback(null, socket),
          (refusal: Error) => {
            socket.destroy();
            callback(refusal, null);
          },
        );
      });
    checkFile().then(open, (refusal: Error) => callback(refusal, null));
  };
}
