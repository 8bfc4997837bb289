import { Option, type Command } from 'commander';
import { bodyOf, type Services } from '../shared/client.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines, tableLines } from '../shared/output.js';
import { readSecret, readSecretText } from '../shared/secret-input.js';

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
  remoteRead(registry.command('list')).description('list registries with a credential').action(list);
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
  const { api, format } = connect(options);
  const password = await (passwordStdin === true
    ? readSecretText('')
    : readSecret(`Password of ${username} at ${host}: `));
  const set = await bodyOf(
    api.PUT('/api/v1/registries/{host}', { params: { path: { host } }, body: { username, password } }),
  );
  if (format === 'json') printJson(set);
  else printLines(registryTable([set]));
}

async function list(options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/v1/registries'));
  if (format === 'json') printJson(body);
  else printLines(registryTable(body.registries));
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

function registryTable(registries: readonly Services['RegistryCredential'][]): string[] {
  return tableLines(
    ['REGISTRY', 'USERNAME', 'SET', 'BY'],
    registries.map(({ host, username, updated_at: at, updated_by: by }) => [host, username, at, by]),
  );
}
