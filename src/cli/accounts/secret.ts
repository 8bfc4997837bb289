import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { bodyOf, everyPage, type Tasks } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import {
  listLines,
  connectList,
  printList,
  remoteList,
  type ListOptions,
  type ListView,
} from '../shared/list.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { idColumn, timeColumn } from '../shared/table.js';
import { readSecretText, utf8Of } from '../shared/secret-input.js';

const SECRET_LIST: ListView<Tasks['Secret']> = {
  headings: ['SECRET', 'VERSION', timeColumn('SET'), idColumn('BY')],
  row: ({ name, version, updated_at: at, updated_by: by, updated_by_name: setter }) => [
    name,
    String(version),
    at,
    setter ?? by,
  ],
  name: ({ name }) => name,
};

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
  remoteList(secret.command('list'), SECRET_LIST).description('list secrets').action(list);
  remote(secret.command('remove <name>'))
    .description('remove a secret; lists the tasks that refer to it, which then fail with secret_missing')
    .action(remove);
}

async function set(
  name: string,
  { file, ...options }: RemoteOptions & { readonly file?: string },
): Promise<void> {
  const { api, format, look } = connect(options);
  const value = file === undefined ? await readSecretText(`Value of ${name}: `) : await textOf(file);
  if (value === '') throw new Failure(`the value of ${name} is empty; nothing was sent`);
  const { data } = await bodyOf(
    api.PUT('/api/secrets/{name}', { params: { path: { name } }, body: { value } }),
  );
  if (format === 'json') printJson(data);
  else printLines(listLines(SECRET_LIST, [data], look));
}

async function textOf(file: string): Promise<string> {
  try {
    return utf8Of(await readFile(file));
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const secrets = await everyPage(
    async (query) => await bodyOf(api.GET('/api/secrets', { params: { query } })),
  );
  await printList(SECRET_LIST, options, secrets, (shown) => shown);
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
