import type { Command } from 'commander';
import { bodyOf, type Gpu } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { durationMs } from '../shared/duration.js';
import { Failure } from '../shared/failure.js';
import { connectList, printList, remoteList, type ListOptions, type ListView } from '../shared/list.js';
import { connect, remoteNamed, remote, type NamingOptions, type RemoteOptions } from '../shared/options.js';
import { printJson, printLine, showTime } from '../shared/output.js';
import { unambiguous } from '../shared/resolve-prefix.js';
import { idColumn, timeColumn } from '../shared/table.js';

const TOKEN_LIST: ListView<Gpu['ApiKey']> = {
  headings: [idColumn('TOKEN'), 'NAME', 'SCOPES', timeColumn('CREATED'), timeColumn('EXPIRES')],
  row: ({ id, name, scopes, created_at: created, expires_at: expires }) => [
    id,
    name,
    scopes.join(','),
    showTime(created),
    expires === null ? 'never' : showTime(expires),
  ],
  name: ({ name }) => name,
};

interface CreateOptions extends RemoteOptions {
  readonly scope: readonly string[];
  readonly expires?: string;
}

export function addTokenCommands(program: Command): void {
  const token = program
    .command('token')
    .description(
      'manage your API keys: tokens for scripts, with your rights on the surfaces that they name (log in first); refer to one by its name, its id, or a unique prefix of either',
    );
  remote(token.command('create <name>'))
    .description('create an API key and print it once; use it as MUSTER_TOKEN')
    .requiredOption(
      '--scope <scope...>',
      'where the key is valid: cluster, audit, console, gpu, tasks, tasks:read, tasks:write, tasks:trigger, tasks:execute, conda, services, or * for all',
    )
    .option('--expires <duration>', 'how long the key is valid, such as 12h, 30d or 1y (default: for ever)')
    .action(create);
  remoteList(token.command('list'), TOKEN_LIST).description('list your API keys').action(list);
  remoteNamed(token.command('revoke <key>'))
    .description('make an API key invalid')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(revoke);
}

async function create(name: string, { scope, expires, ...options }: CreateOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = {
    name,
    // The server names the scopes that exist.
    scopes: [...scope] as Gpu['ApiKeyRequest']['scopes'],
    ...(expires !== undefined && { expires_in_seconds: secondsOf(expires) }),
  };
  const made = await bodyOf(api.POST('/api/auth/api-keys', { body }));
  if (format === 'json') printJson(made);
  else printLine(`Token ${made.id}\n${made.api_key} (shown only once)`);
}

function secondsOf(text: string): number {
  const ms = durationMs(text) ?? 0;
  if (ms === 0) throw new Failure(`--expires ${text}: must be a duration such as 12h, 30d or 1y`);
  return ms / 1000;
}

async function list(options: ListOptions): Promise<void> {
  const { api_keys: keys } = await bodyOf(connectList(options).GET('/api/auth/api-keys'));
  await printList(TOKEN_LIST, options, keys, (shown) => ({ api_keys: shown, count: shown.length }));
}

async function revoke(
  given: string,
  { yes, ...options }: NamingOptions & { readonly yes?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const { api_keys: keys } = await bodyOf(api.GET('/api/auth/api-keys'));
  const { id, name } = unambiguous('token', given, keys, options);
  if (yes !== true) await confirm(`Revoke the API key ${name}?`, 'pass --yes');
  const body = await bodyOf(api.DELETE('/api/auth/api-keys/{key_id}', { params: { path: { key_id: id } } }));
  if (format === 'json') printJson(body);
  else printLine(`${name}: ${body.message}`);
}
