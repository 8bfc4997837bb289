import { Metadata } from '@grpc/grpc-js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { causeOf, membersKnownTo } from './members.js';
import { targetOf, type StoreHost, type StoreUrl } from './store-url.js';
import { credentialsOf } from './wire.js';
import { Empty, ServerFeaturesClient } from './wire-stubs.js';

/** Facts about the servers of a log. Unknown facts are undefined. */
export interface StoreAbout {
  readonly hosts: readonly string[];
  readonly members: readonly string[];
  readonly leader: string | undefined;
  readonly version: string | undefined;
  readonly tls: boolean;
}

const TIMEOUT_MS = 2_000;

export async function aboutStore(url: StoreUrl): Promise<StoreAbout> {
  const credentials = credentialsOf(url);
  const members = await Promise.any(
    url.hosts.map((host) => membersKnownTo(host, credentials, TIMEOUT_MS)),
  ).catch(() => []);
  const leader = members.find(({ state, alive }) => alive && state.toLowerCase() === 'leader');
  return {
    hosts: url.hosts.map(targetOf),
    members: members.map(
      (member) => `${targetOf(member)} ${member.state.toLowerCase()}${member.alive ? '' : ', not alive'}`,
    ),
    leader: leader && targetOf(leader),
    version: await versionOf(url, leader ?? url.hosts[0]!).catch(
      (error: unknown) => `unknown: ${causeOf(error)}`,
    ),
    tls: url.tls,
  };
}

async function versionOf(url: StoreUrl, host: StoreHost): Promise<string> {
  const client = new ServerFeaturesClient(targetOf(host), credentialsOf(url), {
    'grpc.use_local_subchannel_pool': 1,
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      client.getSupportedMethods(
        new Empty(),
        new Metadata(),
        { deadline: systemClock.now() + TIMEOUT_MS },
        (error, answer) => {
          if (error !== null) reject(error);
          else resolve(answer.getEventStoreServerVersion());
        },
      );
    });
  } finally {
    client.close();
  }
}
