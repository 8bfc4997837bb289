import type { AgentOptions } from './agent-options.js';
import { readEnrolledId, readNodeId, type AgentDirectory } from './data-dir.js';
import { askNodeId } from './enrolment.js';
import { TrustedPeers } from './platform/listener/trusted-peers.js';
import { codedLog } from './platform/log.js';

export async function nodeIdOf(
  options: AgentOptions,
  directory: AgentDirectory,
  signal: AbortSignal,
): Promise<string> {
  const { nodeId, hostname, serverUrl, requestTimeoutMs, ids, clock, random } = options;
  if (nodeId !== undefined || hostname === undefined) return await readNodeId(directory, nodeId, ids);
  if (serverUrl === undefined)
    throw new Error('a hostname requires the URL of a server (MUSTER_SERVER_URL), which assigns the node id');
  const [log, peers] = [codedLog(options.log), new TrustedPeers(options.serverUsers)];
  return await readEnrolledId(directory, hostname, () =>
    askNodeId({ serverUrl, hostname, requestTimeoutMs, peers, clock, log, random }, signal),
  );
}
