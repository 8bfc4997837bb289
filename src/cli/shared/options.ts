import { Option, type Command } from 'commander';
import { variable } from '#agents/platform/environment.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isSocketUrl } from '#agents/platform/transport/server-address.js';
import { secretSetting } from '#src/engine/secret-file.js';
import { asOfOption, asOfRequests, noAsOfOption } from './as-of.js';
import { openApi, type Api } from './client.js';
import { serverInUse } from './contexts.js';
import { Failure } from './failure.js';
import { storedToken } from './token-file.js';
import { parseFormat, type Format } from './output.js';
import { lookOf, type Look } from './look.js';
import { wholeLists } from './past-lists.js';
import type { ReadAs } from './resolve-prefix.js';

export interface RemoteOptions {
  readonly address: string;
  readonly token?: string | false;
  readonly output: string;
  /** Whether to send no token, even if one is stored. */
  readonly anonymous?: boolean;
  /** The moment to read, as typed by the user. */
  readonly asOf?: string;
}

export type NamingOptions = RemoteOptions & ReadAs;

export const TOKEN_HELP =
  'bearer token (MUSTER_TOKEN or the file MUSTER_TOKEN_FILE, else the one stored by "muster login")';
export const NO_TOKEN_HELP =
  'send no token, to act as the operator of this machine while logged in (also: an empty MUSTER_TOKEN)';

/** Adds the options that every command with a server has: `--address`, `--token` and `-o`. */
export function remote(command: Command): Command {
  return connecting(command).addOption(noAsOfOption(command));
}

const OUTPUT = new Option('-o, --output <format>', 'table, wide (whole cells on a terminal too), or json');

/**
 * Adds the options of a read-only command, including `--as-of`, which shows the past.
 * @param output its `-o`, if it has other formats
 */
export function remoteRead(command: Command, output: Option = OUTPUT): Command {
  return connecting(command, output).addOption(asOfOption(command));
}

function connecting(command: Command, output: Option = OUTPUT): Command {
  return command
    .option(
      '--address <url>',
      'URL of the server, host:port, or unix:/path (MUSTER_SERVER_URL, or see muster context)',
      defaultAddress(),
    )
    .option('--token <token>', TOKEN_HELP)
    .option('--no-token', NO_TOKEN_HELP)
    .addOption(output.default('table'));
}

export function remoteNamed(command: Command): Command {
  return named(remote(command));
}

/** Adds the options of a command that sends a moment in a different way than {@link remoteRead}. */
export function remoteNamedWithMoment(command: Command): Command {
  return named(connecting(command));
}

export function remoteReadNamed(command: Command): Command {
  return named(remoteRead(command));
}

/** Adds `--id` and `--name`. */
export function named(command: Command): Command {
  return command
    .option('--id', 'read the argument as an id even if it could be a name')
    .option('--name', 'read the argument as a name even if it could be an id');
}

export interface Connection {
  readonly api: Api;
  readonly address: string;
  readonly format: Format;
  readonly look: Look;
}

export function connect(options: RemoteOptions): Connection {
  const address = addressOf(options.address);
  const api = openApi(address, tokenFor(address, options));
  if (options.asOf !== undefined) api.use(wholeLists(api), asOfRequests(options.asOf, systemClock.now()));
  return { api, address, format: parseFormat(options.output), look: lookOf(options) };
}

/** Returns the token to send. An empty token counts as none, so that scripts can disable the token in the environment. */
function tokenFor(address: string, { anonymous = false, token }: RemoteOptions): string | undefined {
  if (anonymous || token === false) return undefined;
  const found = token ?? secretSetting('MUSTER_TOKEN') ?? storedToken(address);
  return found === '' ? undefined : found;
}

/** Completes a server URL. `host:port` without a scheme means http. */
export function addressOf(text: string): string {
  if (isSocketUrl(text)) return text;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
    throw new Failure(
      `--address ${text}: must be a URL such as http://127.0.0.1:8080, host:port, or unix:/path`,
    );
  return url.replace(/\/+$/, '');
}

function defaultAddress(): string {
  const [host, port] = [variable('MUSTER_HOST'), variable('MUSTER_PORT')];
  const isSet = host !== undefined || port !== undefined;
  return (
    variable('MUSTER_SERVER_URL') ??
    (isSet ? undefined : serverInUse()) ??
    `http://${host ?? '127.0.0.1'}:${port ?? '8080'}`
  );
}
