import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { machineAddresses } from '#agents/machine-addresses.js';
import { endpointsOfUrl, endpointText } from '#agents/drivers/http/endpoint-list.js';
import { fileVariable } from './settings/secret-files.js';
import type { SettingName, Settings } from './settings/settings.js';

export function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A URL at which programs on this machine reach a listener. A listener on all addresses is reached by loopback. */
export function reachableUrl(url: string): string {
  const reachable = new URL(url);
  if (reachable.hostname === '0.0.0.0') reachable.hostname = '127.0.0.1';
  if (reachable.hostname === '[::]') reachable.hostname = '[::1]';
  return reachable.origin;
}

const SERVER_ONLY: readonly SettingName[] = [
  'MUSTER_JWT_SECRET',
  'MUSTER_DATA_KEY',
  'MUSTER_ADMIN_USERNAME',
  'MUSTER_ADMIN_PASSWORD',
  'MUSTER_API_KEYS',
  'MUSTER_TEST_API_KEY',
  'MUSTER_EVENTSTORE_LISTEN',
  'MUSTER_EVENTSTORE_TLS_CERT',
  'MUSTER_EVENTSTORE_TLS_KEY',
  'MUSTER_EVENTSTORE_CREDENTIALS',
  'MUSTER_EVENTSTORE_URL',
  'MUSTER_MONGODB_URL',
];

/** URLs, or `host:port`, of this server and its stores, as far as the settings name them. */
export function ownParts({
  serverUrl,
  natsUrl,
  eventStoreUrl,
  mongodbUrl,
  eventStoreListen: listen,
  httpDeny,
}: Settings): string[] {
  // Port 0 means any free port, so all ports of that address count.
  const served =
    listen && (listen.port === 0 ? endpointText({ host: listen.host }) : `esdb://${endpointText(listen)}`);
  return [serverUrl, natsUrl, eventStoreUrl, mongodbUrl, served, ...httpDeny].filter(
    (part) => part !== undefined,
  );
}

/**
 * Like {@link ownParts}, plus the server's own address, for agents that cannot know it: `host:port`, without passwords. Stores and NATS keep their scheme, so
 * that agents can find out whether they accept clients without credentials. A listener on every address of this machine is listed with each of them.
 */
export function announcedParts(settings: Settings, listening: string | undefined): string[] {
  const told = [...ownParts(settings), ...(listening === undefined ? [] : [listening])].flatMap((part) => {
    const scheme = STORE_SCHEME.exec(part)?.[0] ?? '';
    const endpoints = endpointsOfUrl(part).flatMap((endpoint) =>
      isWildcard(endpoint.host) ? machineAddresses().map((host) => ({ ...endpoint, host })) : [endpoint],
    );
    return endpoints.map((endpoint) => `${scheme}${endpointText(endpoint)}`);
  });
  return [...new Set(told)];
}

const STORE_SCHEME = /^(esdb|kurrentdb|mongodb|nats|tls)(?=[+:])[a-z+]*:\/\//i;

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Environment of the local agent: that of the caller, with the address of this server and the data directory. */
export function agentEnvironment(
  settings: Settings,
  directory: string,
  url: string,
): Record<string, string | undefined> {
  return {
    ...process.env,
    MUSTER_SERVER_URL: reachableUrl(url),
    // The local agent joins this server only.
    MUSTER_NATS_URL: undefined,
    [fileVariable('MUSTER_NATS_URL')]: undefined,
    // Secrets and settings that only the server needs are not passed on.
    ...Object.fromEntries(
      SERVER_ONLY.flatMap((name) => [name, fileVariable(name)]).map((name) => [name, undefined]),
    ),
    // An environment can be read as long as its process lives, so a token from a file is passed on as the file.
    MUSTER_JOIN_TOKEN: settings.joinTokenFile === undefined ? settings.joinToken : undefined,
    [fileVariable('MUSTER_JOIN_TOKEN')]: settings.joinTokenFile,
    MUSTER_DATA_DIR: directory,
    // Addresses without passwords, which no task may reach.
    MUSTER_HTTP_DENY: ownParts(settings).flatMap(endpointsOfUrl).map(endpointText).join(','),
    MUSTER_HEARTBEAT_SECONDS: String(settings.heartbeatSeconds),
  };
}
