/**
 * Environment variables that commands and agents read besides the settings of servers and nodes. Commands read some of these settings too. The
 * table in docs/operations.md is made from this list.
 */
export const VARIABLES = {
  MUSTER_SERVER_URL: 'commands: the server to connect to, without `--address`',
  MUSTER_HOST: 'commands: the host of the server, without `MUSTER_SERVER_URL`',
  MUSTER_PORT: 'commands: the port of the server, without `MUSTER_SERVER_URL`',
  MUSTER_SERVER_USER: 'commands: the user of the server, if it is neither root nor the own one',
  MUSTER_TOKEN: 'commands: the token to send, without `--token`',
  MUSTER_DATA_DIR: 'commands that open a log or read models: their directory, without `--data-dir`',
  MUSTER_EVENTSTORE_URL: 'commands that open a log: the store, without `--eventstore`',
  MUSTER_EVENTSTORE_URL_FILE:
    '`muster events`: like `MUSTER_EVENTSTORE_URL`, it means that the log is opened',
  MUSTER_MONGODB_URL: 'commands that open read models: the store, without `--mongodb`',
  MUSTER_EVENTSTORE_LISTEN: '`muster eventstore`: the address to listen on, without `--listen`',
  XDG_CONFIG_HOME:
    'commands: where `muster login` stores tokens, in `muster/tokens.json`. Default: `~/.config`',
  NO_COLOR: 'commands: if set, statuses in lists are not colored on a terminal',
  DOCKER_HOST: 'agent: the Docker engine. Default: `/var/run/docker.sock`',
  HTTPS_PROXY:
    'agent: the proxy for https URLs of HTTP tasks and notifications, without `MUSTER_HTTP_PROXY`, and of conda builds, without `MUSTER_CONDA_PROXY`; `https_proxy` too',
  HTTP_PROXY: 'agent: the same for http URLs; `http_proxy` too',
  NO_PROXY: 'agent: hosts and domains that these calls reach without a proxy, or `*`; `no_proxy` too',
  SSL_CERT_FILE:
    'agent: PEM file of the certificate authorities that HTTP tasks, notifications and, without `MUSTER_CONDA_CA_FILE`, conda builds trust',
  NODE_EXTRA_CA_CERTS: 'agent: PEM file of certificate authorities that these trust in addition',
  PATH: 'agent: where the tools are that build conda environments, and that run as the user of a tenant',
} as const;

export type Variable = keyof typeof VARIABLES;

/** Returns a variable, or undefined if it is not set or empty. `NAME= command` is how shells unset a variable for one command. */
export function variable(name: Variable): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** Returns the variables that name proxies. Many programs read them in lower case only, so both forms are common. */
export function proxyVariables(): Readonly<Record<string, string | undefined>> {
  const names = (['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const).flatMap((name) => [
    name,
    name.toLowerCase(),
  ]);
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Returns the directory of a log or of read models, for commands without `--data-dir`. */
export function dataDirectory(): string {
  return variable('MUSTER_DATA_DIR') ?? './data';
}

/** Shows all times of this process in UTC. Node reads the variable whenever a date is shown. */
export function useUtc(): void {
  process.env['TZ'] = 'UTC';
}
