import type { Command } from 'commander';
import { ApiClient } from './client.js';
import { keptToken } from './token-file.js';
import { parseFormat, type Format } from './output.js';

/** Options that every command talking to a server has. */
export interface RemoteOptions {
  readonly address: string;
  readonly token?: string;
  readonly output: string;
  /** Show nothing, whatever is kept. */
  readonly anonymous?: boolean;
}

/** Adds `--address`, `--token` and `-o` to a command. */
export function remote(command: Command): Command {
  return command
    .option('--address <url>', 'URL of the server (MUSTER_SERVER_URL)', defaultAddress())
    .option('--token <token>', 'bearer token, where the server wants one (MUSTER_TOKEN, else what `muster login` kept)')
    .option('-o, --output <format>', 'table or json', 'table');
}

export function connect(options: RemoteOptions): { client: ApiClient; format: Format } {
  return {
    client: new ApiClient(options.address, options.anonymous === true ? undefined : (options.token ?? process.env['MUSTER_TOKEN'] ?? keptToken(options.address))),
    format: parseFormat(options.output),
  };
}

function defaultAddress(): string {
  const { MUSTER_SERVER_URL: url, MUSTER_HOST: host, MUSTER_PORT: port } = process.env;
  return url ?? `http://${host ?? '127.0.0.1'}:${port ?? '8080'}`;
}
