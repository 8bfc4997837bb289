import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf, textOf, type Conda } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { Failure, Refusal } from '../shared/failure.js';
import {
  lineTimeOptions,
  lineTimeQuery,
  printLog,
  streamOptions,
  type LineTimeOptions,
  type StreamOptions,
} from '../shared/log-stream.js';
import { connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines, printPiece, warnLine } from '../shared/output.js';
import {
  buildTable,
  changeLines,
  differenceLines,
  environmentPage,
  ENVIRONMENT_LIST,
  generationTable,
} from './environment-view.js';
import { wholeNumber } from '../shared/whole-number.js';

const POLL_INTERVAL_MS = 2_000;

export function addEnvCommands(program: Command): void {
  const env = program.command('env').description('manage conda environments of your tenant (log in first)');
  remoteList(env.command('list'), ENVIRONMENT_LIST).description('list environments').action(list);
  remoteRead(env.command('show <env>')).description('show an environment and its packages').action(show);
  remote(env.command('create <env> [packages...]'))
    .description('create an environment with Python and packages, and wait until it is ready')
    .option('--python <version>', 'Python version')
    .option('-c, --channel <channel...>', 'channels to use, among those that the nodes allow')
    .option('--pip <requirement...>', 'additional requirements to install with pip')
    .option(
      '-f, --file <file>',
      'create it from an environment.yml, an explicit list of conda or an exported lock instead (- for standard input)',
    )
    .action(create);
  remote(env.command('install <env> <packages...>'))
    .description('install packages; a failed installation changes nothing')
    .action(install);
  remote(env.command('plan <env> <packages...>'))
    .description('show what installing packages would change, without building anything')
    .action(plan);
  remote(env.command('remove <env> <packages...>'))
    .description('remove packages that were requested explicitly')
    .action(remove);
  remote(env.command('rename <env> <name>')).description('rename an environment').action(rename);
  remote(env.command('delete <env>'))
    .description('delete an environment and its generations')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(erase);
  remoteRead(env.command('generations <env>'))
    .description('list the generations of an environment')
    .action(generations);
  remoteRead(env.command('diff <env> <one> <other>')).description('compare two generations').action(diff);
  remote(env.command('rollback <env> <generation>'))
    .description('make an older generation the current one')
    .action(rollback);
  remoteRead(env.command('export <env>'))
    .description('export a package list for conda, an environment.yml, or the lock')
    .option(
      '--format <format>',
      'explicit, yaml or lock (default: explicit, or yaml if there are packages of pip)',
    )
    .option('-g, --generation <number>', 'generation to export (default: the current one)')
    .action(exported);
  remoteRead(env.command('builds <env>')).description('list builds and their results').action(builds);
  remote(env.command('cancel <env> <build>')).description('cancel a build').action(cancel);
  lineTimeOptions(streamOptions(remote(env.command('log <env> [build]'))))
    .description('print the log of a build (default: the latest); with -o json, one JSON object per line')
    .option('-f, --follow', 'follow the log until the build ends')
    .action(log);
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const all = await bodyOf(api.GET('/api/conda/environments', {}));
  await printList(ENVIRONMENT_LIST, options, all, (shown) => shown);
}

async function show(name: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const detail = await bodyOf(
    api.GET('/api/conda/environment/{env_name}', { params: { path: { env_name: name } } }),
  );
  if (format === 'json') printJson(detail);
  else printLines(environmentPage(detail));
}

interface CreateOptions extends RemoteOptions {
  readonly python?: string;
  readonly channel?: string[];
  readonly pip?: string[];
  readonly file?: string;
}

async function create(
  name: string,
  packages: string[],
  { python, channel, pip, file, ...options }: CreateOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const body: Conda['EnvironmentCreation'] = {
    name,
    ...(packages.length > 0 && { packages }),
    ...(file !== undefined && (await readEnvironmentFile(file))),
    ...(python !== undefined && { python_version: python }),
    ...(channel !== undefined && { channels: channel }),
    ...(pip !== undefined && { requirements: pip }),
  };
  const made = await built(
    async (header) => await bodyOf(api.POST('/api/conda/environment', { params: { header }, body })),
  );
  if (format === 'json') printJson(made);
  else printLines([`${name} is ready`]);
}

/** A lock is JSON. Any other content is an `environment.yml` or an explicit list of conda, which the server parses. */
async function readEnvironmentFile(
  file: string,
): Promise<Pick<Conda['EnvironmentCreation'], 'environment_yml' | 'lock'>> {
  const { checkedText } = await import('../files/checked-file.js');
  const { readText } = await import('../files/read-text.js');
  const { isExplicitList } = await import('../files/kinds.js');
  const said = await readText(file);
  if (isExplicitList(said)) return { environment_yml: said };
  if (said.trimStart().startsWith('{')) {
    const { lock } = await import('#domain/drivers/conda/index.js');
    return {
      lock: checkedText(said, file, { kinds: ['environment'], schema: lock }) as Conda['EnvironmentLock'],
    };
  }
  const { environmentFile } = await (await import('#src/surfaces/environments/index.js')).environmentFiles();
  checkedText(said, file, { kinds: ['environment'], schema: environmentFile });
  return { environment_yml: said };
}

async function install(name: string, packages: string[], options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = { path: { env_name: name } };
  const done = await built(
    async (header) =>
      await bodyOf(
        api.POST('/api/conda/environment/{env_name}/packages', {
          params: { ...params, header },
          body: { packages },
        }),
      ),
  );
  if (format === 'json') printJson(done);
  else printLines([`Installed in ${name}: ${packages.join(' ')}`]);
}

async function plan(name: string, packages: string[], options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = { path: { env_name: name }, query: { packages: packages.join(';') } };
  const planned = await bodyOf(api.GET('/api/conda/environment/{env_name}/plan', { params }));
  if (format === 'json') printJson(planned);
  else printLines(changeLines(planned, `Nothing would change in ${name}`));
}

async function remove(name: string, packages: string[], options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = { path: { env_name: name } };
  const done = await built(
    async (header) =>
      await bodyOf(
        api.DELETE('/api/conda/environment/{env_name}/packages', {
          params: { ...params, header },
          body: { packages },
        }),
      ),
  );
  if (format === 'json') printJson(done);
  else printLines([`Removed from ${name}: ${packages.join(' ')}`]);
}

/** Polls the same build, identified by its idempotency key, until it ends. */
async function built<Body>(ask: (header: { 'Idempotency-Key': string }) => Promise<Body>): Promise<Body> {
  const header = { 'Idempotency-Key': randomUUID() };
  for (let told = ''; ;) {
    try {
      return await ask(header);
    } catch (error) {
      // The HTTP client drops a connection that has not received a response for five minutes.
      const silent = error instanceof Failure && error.message.includes('Headers Timeout');
      if (!silent && !(error instanceof Refusal && error.isPassing)) throw error;
      if (!silent && error.message !== told)
        warnLine(`${error.message}\nWaiting for the build; Ctrl-C stops waiting, not the build`);
      told = silent ? told : error.message;
      await systemClock.sleep(POLL_INTERVAL_MS);
    }
  }
}

async function rename(name: string, newName: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const done = await bodyOf(
    api.PUT('/api/conda/environment/{env_name}', {
      params: { path: { env_name: name } },
      body: { new_name: newName },
    }),
  );
  if (format === 'json') printJson(done);
  else printLines([`${name} renamed to ${newName}`]);
}

async function erase(
  name: string,
  { yes, ...options }: RemoteOptions & { readonly yes?: boolean },
): Promise<void> {
  const { api } = connect(options);
  if (yes !== true) await confirm(`Delete the environment ${name} and its generations?`, 'pass --yes');
  await api.DELETE('/api/conda/environment/{env_name}', { params: { path: { env_name: name } } });
  printLines([`${name} deleted`]);
}

async function generations(name: string, options: RemoteOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const all = await bodyOf(
    api.GET('/api/conda/environment/{env_name}/generations', { params: { path: { env_name: name } } }),
  );
  if (format === 'json') printJson(all);
  else printLines(generationTable(all, look));
}

async function diff(name: string, one: string, other: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const path = { env_name: name, one, other };
  const difference = await bodyOf(
    api.GET('/api/conda/environment/{env_name}/generations/{one}/diff/{other}', { params: { path } }),
  );
  if (format === 'json') printJson(difference);
  else printLines(differenceLines(difference));
}

async function rollback(name: string, generation: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = { generation: wholeNumber(generation, 'generation') };
  const done = await bodyOf(
    api.POST('/api/conda/environment/{env_name}/rollback', { params: { path: { env_name: name } }, body }),
  );
  if (format === 'json') printJson(done);
  else printLines([`${name} is now at generation ${done.generation}`]);
}

const FORMATS = ['explicit', 'yaml', 'lock'] as const;

async function exported(
  name: string,
  {
    format: wanted,
    generation,
    ...options
  }: RemoteOptions & { readonly format: string; readonly generation?: string },
): Promise<void> {
  const { api } = connect(options);
  const format = FORMATS.find((each) => each === wanted);
  if (format === undefined) throw new Failure(`--format ${wanted}: must be one of ${FORMATS.join(', ')}`);
  const query = { format, ...(generation !== undefined && { generation: wholeNumber(generation, '-g') }) };
  const answer = api.GET('/api/conda/environment/{env_name}/export', {
    params: { path: { env_name: name }, query },
    parseAs: 'stream',
  });
  for await (const text of textOf(answer)) await printPiece(text);
}

async function builds(name: string, options: RemoteOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const all = await bodyOf(
    api.GET('/api/conda/environment/{env_name}/builds', { params: { path: { env_name: name } } }),
  );
  if (format === 'json') printJson(all);
  else printLines(buildTable(all, look));
}

async function cancel(name: string, build: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const done = await bodyOf(
    api.POST('/api/conda/environment/{env_name}/builds/{build}/cancel', {
      params: { path: { env_name: name, build } },
    }),
  );
  if (format === 'json') printJson(done);
  else printLines([`Build ${build} of ${name} cancelled`]);
}

async function log(
  name: string,
  given: string | undefined,
  {
    follow,
    stream,
    ...options
  }: RemoteOptions & StreamOptions & LineTimeOptions & { readonly follow?: boolean },
): Promise<void> {
  const { api, format } = connect(options);
  const build =
    given ??
    String(
      (
        await bodyOf(
          api.GET('/api/conda/environment/{env_name}/builds', { params: { path: { env_name: name } } }),
        )
      ).builds[0]?.build ?? 1,
    );
  const query = {
    ...(stream !== undefined && { stream }),
    ...(follow === true && { follow }),
    ...lineTimeQuery(options, format === 'json'),
  };
  const answer = api.GET('/api/conda/environment/{env_name}/builds/{build}/log', {
    params: { path: { env_name: name, build }, query },
    parseAs: 'stream',
  });
  await printLog(answer, { follow: follow === true, format, where: { environment: name, build } });
}
