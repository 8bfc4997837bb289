import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { SettingName, Settings } from './settings/settings.js';

/** Base URL of a server that listens. */
export function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const SERVER_ONLY: readonly SettingName[] = [
  'MUSTER_JWT_SECRET',
  'MUSTER_DATA_KEY',
  'MUSTER_ADMIN_USERNAME',
  'MUSTER_ADMIN_PASSWORD',
  'MUSTER_TEST_API_KEY',
  'MUSTER_EVENTSTORE_CREDENTIALS',
  'MUSTER_EVENTSTORE_URL',
  'MUSTER_MONGODB_URL',
];

/** What the local agent is started with: the caller's environment, told which server and directory are its. */
export function agentEnvironment(settings: Settings, directory: string, url: string): Record<string, string | undefined> {
  const reachable = new URL(url);
  if (reachable.hostname === '0.0.0.0' || reachable.hostname === '[::]') reachable.hostname = '127.0.0.1';
  return {
    ...process.env,
    MUSTER_SERVER_URL: reachable.origin,
    // It joins this server and no other.
    MUSTER_NATS_URL: undefined,
    // What is the server's alone stays with it.
    ...Object.fromEntries(SERVER_ONLY.map((name) => [name, undefined])),
    MUSTER_JOIN_TOKEN: settings.joinToken,
    MUSTER_DATA_DIR: directory,
    MUSTER_HEARTBEAT_SECONDS: String(settings.heartbeatSeconds),
  };
}
