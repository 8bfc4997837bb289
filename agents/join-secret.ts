import type { AgentOptions } from './agent-options.js';
import { isLoopback } from './platform/loopback.js';
import { readSecretFile } from './platform/files/secret-file.js';
import { areLoopback, joinTokenOf } from './platform/transport/nats/options.js';

export interface JoinSecret {
  /** Whether callers of the agent's own API must present a token. */
  readonly demandsToken: boolean;
  readonly token: string | (() => string) | undefined;
}

export function joinSecretOf(options: AgentOptions): JoinSecret {
  const { host, natsUrl, joinTokenFile } = options;
  const joinToken = joinTokenFile === undefined ? options.joinToken : () => readSecretFile(joinTokenFile);
  if (joinTokenFile !== undefined) readSecretFile(joinTokenFile);
  if (natsUrl !== undefined && !areLoopback(natsUrl) && joinToken === undefined)
    throw new Error('NATS on another machine requires a join token: others can publish there');
  const natsToken = natsUrl === undefined ? undefined : (joinToken ?? joinTokenOf(natsUrl));
  if (natsUrl !== undefined && natsToken === undefined)
    throw new Error('NATS without credentials in its URL requires a join token');
  if (!isLoopback(host) && joinToken === undefined)
    throw new Error(`listening on ${host}, which is not loopback, requires a join token`);
  return { demandsToken: joinToken !== undefined, token: natsToken ?? joinToken };
}
