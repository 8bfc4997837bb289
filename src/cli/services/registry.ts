import { Option, type Command } from 'commander';
import { bodyOf, type Services } from '../shared/client.js';
import {
  listLines,
  connectList,
  printList,
  remoteList,
  type ListOptions,
  type ListView,
} from '../shared/list.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { idColumn, timeColumn } from '../shared/table.js';
import { readSecret, readSecretText } from '../shared/secret-input.js';

const REGISTRY_LIST: ListView<Services['RegistryCredential']> = {
  headings: ['REGISTRY', 'USERNAME', timeColumn('SET'), idColumn('BY')],
  row: ({ host, username, updated_at: at, updated_by: by, updated_by_name: name }) => [
    host,
    username,
    at,
    name ?? by,
  ],
  name: ({ host }) => host,
};

export function addRegistryCommands(program: Command): void {
  const registry = program
    .command('registry')
    .description('manage the registry credentials that your tenant uses to pull images (log in first)');
  remote(registry.command('login <host>'))
    .description(
      'set the credential of a registry, host[:port] (docker.io for Docker Hub); the password is read from the terminal or from standard input',
    )
    .requiredOption('-u, --username <name>', 'user name at the registry')
    .addOption(
      new Option('--password-stdin', 'read the password from standard input (a trailing newline is removed)'),
    )
    .action(login);
  remoteList(registry.command('list'), REGISTRY_LIST)
    .description('list registries with a credential')
    .action(list);
  remote(registry.command('remove <host>'))
    .description('remove the credential of a registry; running containers continue')
    .action(remove);
}

async function login(
  host: string,
  {
    username,
    passwordStdin,
    ...options
  }: RemoteOptions & { readonly username: string; readonly passwordStdin?: boolean },
): Promise<void> {
  const { api, format, look } = connect(options);
  const password = await (passwordStdin === true
    ? readSecretText('')
    : readSecret(`Password of ${username} at ${host}: `));
  const set = await bodyOf(
    api.PUT('/api/v1/registries/{host}', { params: { path: { host } }, body: { username, password } }),
  );
  if (format === 'json') printJson(set);
  else printLines(listLines(REGISTRY_LIST, [set], look));
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { registries } = await bodyOf(api.GET('/api/v1/registries'));
  await printList(REGISTRY_LIST, options, registries, (shown) => ({
    registries: shown,
    total: shown.length,
  }));
}

async function remove(host: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.DELETE('/api/v1/registries/{host}', { params: { path: { host } } }));
  if (format === 'json') printJson(body);
  else
    printFields([
      ['Registry', host],
      ['Message', 'removed'],
    ]);
}
