import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { machineAddresses } from '#agents/platform/machine-addresses.js';
import { endpointsOfUrl, endpointText } from '#agents/platform/endpoint-list.js';
import { fileVariable } from '#src/engine/secret-file.js';
import type { Settings } from '../settings/settings.js';
import { SETTINGS } from '../settings/table.js';

export function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Returns a URL at which programs on this machine can reach a listener. A listener on all addresses is reached over loopback. */
export function reachableUrl(url: string): string {
  const reachable = new URL(url);
  if (reachable.hostname === '0.0.0.0') reachable.hostname = '127.0.0.1';
  if (reachable.hostname === '[::]') reachable.hostname = '[::1]';
  return reachable.origin;
}

const SERVER_ONLY = SETTINGS.filter(({ serverOnly }) => serverOnly).map(({ name }) => name);

/** Returns the URLs, or `host:port`, of this server and its stores that are in the settings. */
export function ownParts({
  serverUrl,
  natsUrl,
  eventStoreUrl,
  mongodbUrl,
  eventStoreListen: listen,
  agent: { httpDeny },
}: Settings): string[] {
  const served =
    listen && (listen.port === 0 ? endpointText({ host: listen.host }) : `esdb://${endpointText(listen)}`);
  return [serverUrl, natsUrl, eventStoreUrl, mongodbUrl, served, ...httpDeny].filter(
    (part) => part !== undefined,
  );
}

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

/** Returns the environment of the local agent: the environment of this process with this server's address and the data directory. */
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
    ...Object.fromEntries(
      SERVER_ONLY.flatMap((name) => [name, fileVariable(name)]).map((name) => [name, undefined]),
    ),
    // A process's environment remains readable while it is running, so a token from a file is passed on as the path of the file.
    MUSTER_JOIN_TOKEN: settings.joinTokenFile === undefined ? settings.joinToken : undefined,
    [fileVariable('MUSTER_JOIN_TOKEN')]: settings.joinTokenFile,
    MUSTER_DATA_DIR: directory,
    // HTTP tasks may not reach these addresses. The list contains no passwords.
    MUSTER_HTTP_DENY: ownParts(settings).flatMap(endpointsOfUrl).map(endpointText).join(','),
    MUSTER_HEARTBEAT_SECONDS: String(settings.heartbeatSeconds),
  };
}
