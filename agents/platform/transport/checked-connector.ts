import { buildConnector } from 'undici';
import type { TrustedPeers } from '../listener/trusted-peers.js';

/** Returns a connector for undici that checks the other end of each new connection before any request is sent over it. */
export function checkedConnector(
  peers: TrustedPeers,
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
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
  };
}
