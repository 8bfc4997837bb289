import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { bodyOf, type Api, type Tasks } from '../client.js';
import { Failure } from '../failure.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printLines, tableLines } from '../output.js';
import { readSecretText, utf8Of } from '../secret-input.js';

/** Items of a page: the most that the server gives. */
const PAGE = 100;

/** `muster secret …` */
export function addSecretCommands(program: Command): void {
  const secret = program
    .command('secret')
    .description('named secrets of your tenant (muster login), to which tasks refer by {"secret": "name"}; nobody is shown what they say');
  remote(secret.command('set <name>'))
    .description('set a secret: from a terminal unseen, else all of standard input, of which the last line break is none of it')
    .option('-f, --file <file>', 'what it says, exactly')
    .action(set);
  remote(secret.command('list')).description('which there are').action(list);
  remote(secret.command('remove <name>')).description('remove a secret; tasks that refer to it are named, and end with secret_missing').action(remove);
}

async function set(name: string, { file, ...options }: RemoteOptions & { readonly file?: string }): Promise<void> {
  const { api, format } = connect(options);
  const value = file === undefined ? await readSecretText(`Value of ${name}: `) : await textOf(file);
  if (value === '') throw new Failure(`the value of ${name} is empty: nothing was sent`);
  const { data } = await bodyOf(api.PUT('/api/secrets/{name}', { params: { path: { name } }, body: { value } }));
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
    const { data, pagination } = await bodyOf(api.GET('/api/secrets', { params: { query: { page, size: PAGE } } }));
    all.push(...data);
    pages = pagination.pages;
  }
  return all;
}

async function remove(name: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const { data } = await bodyOf(api.DELETE('/api/secrets/{name}', { params: { path: { name } } }));
  if (format === 'json') printJson(data);
  else printLines([`${name} is removed`, ...data.tasks.map((task) => `Task ${task.id} ${task.name} refers to it, and ends with secret_missing from now on`)]);
}

function secretTable(secrets: readonly Tasks['Secret'][]): string[] {
  return tableLines(
    ['SECRET', 'VERSION', 'SET', 'BY'],
    secrets.map(({ name, version, updated_at: at, updated_by: by }) => [name, String(version), at, by]),
  );
}
