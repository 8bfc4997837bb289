import { Metadata, status, type ChannelCredentials, type ServiceError } from '@grpc/grpc-js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isLoopback } from '#agents/platform/loopback.js';
import { causeOf, membersKnownTo } from './members.js';
import { targetOf, type StoreHost, type StoreUrl } from './store-url.js';
import { credentialsOf } from './wire.js';
import { streamPage } from './requests.js';
import { Empty, ServerFeaturesClient, StreamsClient } from './wire-stubs.js';

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

/** A stream that does not exist. A store that may be read says so, and one that demands credentials refuses the call. */
const PROBE_STREAM = 'muster-probe';
const REFUSALS: readonly number[] = [status.PERMISSION_DENIED, status.UNAUTHENTICATED];

/**
 * Returns whether the store lets clients read without credentials, or undefined if no server answers. On loopback without credentials it is not tried:
 * `muster eventstore` then accepts its own user and root only, and this server may be either.
 */
export async function isOpenToAnybody(url: StoreUrl): Promise<boolean | undefined> {
  if (url.credentials === undefined && url.hosts.every(({ host }) => isLoopback(host))) return false;
  const anonymous = credentialsOf({ ...url, certFile: undefined, keyFile: undefined });
  const answers = await Promise.all(url.hosts.map((host) => answersARead(targetOf(host), anonymous)));
  return answers.find((answer) => answer === true) ?? answers.find((answer) => answer !== undefined);
}

function answersARead(target: string, credentials: ChannelCredentials): Promise<boolean | undefined> {
  const client = new StreamsClient(target, credentials, { 'grpc.use_local_subchannel_pool': 1 });
  return new Promise<boolean | undefined>((resolve) => {
    client
      .read(streamPage(PROBE_STREAM, 'backwards', undefined, 1), new Metadata(), {
        deadline: systemClock.now() + TIMEOUT_MS,
      })
      .on('data', () => resolve(true))
      .on('error', ({ code }: ServiceError) => resolve(REFUSALS.includes(code) ? false : undefined))
      .on('end', () => resolve(true));
  }).finally(() => client.close());
}
