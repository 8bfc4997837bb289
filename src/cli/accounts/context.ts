import type { Command } from 'commander';
import { variable } from '#agents/platform/environment.js';
import { didYouMean } from '#domain/kernel/nearest.js';
import { readContexts, writeContexts, type Contexts } from '../shared/contexts.js';
import { Failure } from '../shared/failure.js';
import { localList, printList, type ListOptions, type ListView } from '../shared/list.js';
import { addressOf } from '../shared/options.js';
import { printLine, warnLine } from '../shared/output.js';
import { storedToken } from '../shared/token-file.js';

interface NamedServer {
  readonly name: string;
  readonly server: string;
  readonly in_use: boolean;
  readonly logged_in: boolean;
}

const CONTEXT_LIST: ListView<NamedServer> = {
  headings: ['IN USE', 'NAME', 'SERVER', 'LOGGED IN'],
  row: (row) => [row.in_use ? '*' : '', row.name, row.server, row.logged_in ? 'yes' : 'no'],
  name: ({ name }) => name,
};

export function addContextCommands(program: Command): void {
  const context = program
    .command('context')
    .description(
      'choose between several servers. MUSTER_SERVER_URL and --address come before the choice; "muster login" stores a token for each server',
    );
  localList(context.command('list'), CONTEXT_LIST)
    .description('list the servers; * marks the one in use')
    .action(list);
  context
    .command('add <name> <url>')
    .description('add a server, or change its URL: http(s)://…, host:port, or unix:/path')
    .option('--use', 'use it from now on')
    .action(add);
  context.command('use <name>').description('send commands to this server from now on').action(use);
  context
    .command('remove <name>')
    .description('remove a server from this list; its token remains until "muster logout"')
    .action(remove);
}

async function list(options: ListOptions): Promise<void> {
  const { current, servers } = readContexts();
  const rows = Object.entries(servers).map(([name, server]) => ({
    name,
    server,
    in_use: name === current,
    logged_in: storedToken(server) !== undefined,
  }));
  await printList(CONTEXT_LIST, options, rows, (shown) => shown);
}

function add(name: string, url: string, options: { readonly use?: true }): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw new Failure(
      `${name}: must be at most 64 letters, digits, dots, hyphens or underscores, and begin with a letter or digit`,
    );
  const server = addressOf(url);
  const { servers, ...rest } = readContexts();
  writeContexts({
    ...rest,
    ...(options.use === true && { current: name }),
    servers: { ...servers, [name]: server },
  });
  printLine(
    `${name}: ${server}${options.use === true ? ' (in use)' : `\nUse it: muster context use ${name}`}`,
  );
  if (options.use === true) warnOfVariable();
}

function use(name: string): void {
  const contexts = readContexts();
  const server = serverOf(contexts, name);
  writeContexts({ ...contexts, current: name });
  printLine(`${name}: ${server} (in use)`);
  warnOfVariable();
}

function remove(name: string): void {
  const { current, servers } = readContexts();
  serverOf({ servers }, name);
  const { [name]: _, ...others } = servers;
  writeContexts({ ...(current !== undefined && current !== name && { current }), servers: others });
  printLine(`${name}: removed${current === name ? '; commands now use the server of this machine' : ''}`);
}

function serverOf({ servers }: Contexts, name: string): string {
  const server = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (server === undefined)
    throw new Failure(`no such context: ${name}${didYouMean(name, Object.keys(servers))}`);
  return server;
}

function warnOfVariable(): void {
  const url = variable('MUSTER_SERVER_URL');
  if (url !== undefined) warnLine(`MUSTER_SERVER_URL is set, so commands still use ${url}`);
}
