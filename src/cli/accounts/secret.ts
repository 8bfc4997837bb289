import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { bodyOf, type Api, type Tasks } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines, tableLines } from '../shared/output.js';
import { readSecretText, utf8Of } from '../shared/secret-input.js';

const PAGE = 100;

export function addSecretCommands(program: Command): void {
  const secret = program
    .command('secret')
    .description(
      'manage the named secrets of your tenant (log in first); tasks refer to them as {"secret": "name"}; values are never shown',
    );
  remote(secret.command('set <name>'))
    .description(
      'set a secret, read from the terminal or from standard input (a trailing newline is removed)',
    )
    .option('-f, --file <file>', 'read the exact value from a file')
    .action(set);
  remoteRead(secret.command('list')).description('list secrets').action(list);
  remote(secret.command('remove <name>'))
    .description('remove a secret; lists the tasks that refer to it, which then fail with secret_missing')
    .action(remove);
}

async function set(
  name: string,
  { file, ...options }: RemoteOptions & { readonly file?: string },
): Promise<void> {
  const { api, format } = connect(options);
  const value = file === undefined ? await readSecretText(`Value of ${name}: `) : await textOf(file);
  if (value === '') throw new Failure(`the value of ${name} is empty; nothing was sent`);
  const { data } = await bodyOf(
    api.PUT('/api/secrets/{name}', { params: { path: { name } }, body: { value } }),
  );
  if (format === 'json') printJson(data);
  else printLines(secretTable([data]));
}

async function textOf(file: string): Promise<string> {
  try {
    return utf8Of(await readFile(file));
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function list(options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const secrets = await allSecrets(api);
  if (format === 'json') printJson(secrets);
  else printLines(secretTable(secrets));
}

async function allSecrets(api: Api): Promise<Tasks['Secret'][]> {
  const all: Tasks['Secret'][] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const { data, pagination } = await bodyOf(
      api.GET('/api/secrets', { params: { query: { page, size: PAGE } } }),
    );
    all.push(...data);
    pages = pagination.pages;
  }
  return all;
}

async function remove(name: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const { data } = await bodyOf(api.DELETE('/api/secrets/{name}', { params: { path: { name } } }));
  if (format === 'json') printJson(data);
  else
    printLines([
      `${name} removed`,
      ...data.tasks.map(
        (task) => `Task ${task.id} ${task.name} refers to it and now fails with secret_missing`,
      ),
    ]);
}

function secretTable(secrets: readonly Tasks['Secret'][]): string[] {
  return tableLines(
    ['SECRET', 'VERSION', 'SET', 'BY'],
    secrets.map(({ name, version, updated_at: at, updated_by: by }) => [name, String(version), at, by]),
  );
}
