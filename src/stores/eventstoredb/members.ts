import { Metadata, type ChannelCredentials, type ServiceError } from '@grpc/grpc-js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { StoreUnreachable } from '#src/engine/event-store/index.js';
import { targetOf, type StoreHost, type StoreUrl } from './store-url.js';
import { Empty, GossipClient, MemberInfo, type ClusterInfo } from './wire-stubs.js';

export interface Member extends StoreHost {
  readonly state: string;
  readonly alive: boolean;
}

const LEADER = MemberInfo.VNodeState.LEADER;
const STATES = new Map(Object.entries(MemberInfo.VNodeState).map(([name, number]) => [number, name]));

/**
 * Queries all hosts concurrently for the leader. A member may still name a leader that has just failed, so `failed` is accepted only if no member
 * names a different leader. Throws {@link StoreUnreachable} with the reason for each host.
 */
export async function findLeader(
  url: StoreUrl,
  credentials: ChannelCredentials,
  failed: StoreHost | undefined,
): Promise<StoreHost> {
  const reasons = new Map<StoreHost, string>();
  let stale: StoreHost | undefined;
  const search = url.hosts.map(async (host) => {
    let members: readonly Member[];
    try {
      members = await membersKnownTo(host, credentials, url.gossipTimeoutMs);
    } catch (error) {
      reasons.set(host, causeOf(error));
      throw error;
    }
    const leader = members.find(({ state, alive }) => alive && state === STATES.get(LEADER));
    if (leader === undefined)
      reasons.set(
        host,
        `reports no leader (${members.map(({ state, alive }) => (alive ? state : `${state}, not alive`)).join('; ')})`,
      );
    else if (failed !== undefined && targetOf(leader) === targetOf(failed)) stale = leader;
    else return leader;
    throw new Error('reports no other leader');
  });
  try {
    return await Promise.any(search);
  } catch (cause) {
    if (stale !== undefined) return stale;
    const said = url.hosts.map((host) => `${targetOf(host)}: ${reasons.get(host) ?? 'no response'}`);
    throw new StoreUnreachable(`no cluster leader was found: ${said.join(', ')}`, {
      cause,
    });
  }
}

export async function membersKnownTo(
  host: StoreHost,
  credentials: ChannelCredentials,
  timeoutMs: number,
): Promise<readonly Member[]> {
  const client = new GossipClient(targetOf(host), credentials, { 'grpc.use_local_subchannel_pool': 1 });
  try {
    const info = await new Promise<ClusterInfo>((resolve, reject) => {
      client.read(
        new Empty(),
        new Metadata(),
        { deadline: systemClock.now() + timeoutMs },
        (error, answer) => {
          if (error !== null) reject(error);
          else resolve(answer);
        },
      );
    });
    return info.getMembersList().map((member) => {
      const at = member.getHttpEndPoint();
      return {
        host: at?.getAddress() ?? '',
        port: at?.getPort() ?? 0,
        state: STATES.get(member.getState()) ?? String(member.getState()),
        alive: member.getIsAlive(),
      };
    });
  } finally {
    client.close();
  }
}

export function causeOf(error: unknown): string {
  if (isMusterError(error)) return error.message;
  const { details, message = String(error) } = error as Partial<ServiceError>;
  return (details ?? message)
    .replace(/^.*Last error: (?:Error: )?/s, '')
    .replace(/\. Resolution note:.*$/s, '');
}
