import type { Command } from 'commander';
import { assignment } from './assignment.js';
import { Failure } from '../shared/failure.js';
import { bodyOf, type Api, type Services } from '../shared/client.js';
import { findVolume } from './find-volume.js';
import { unambiguous } from '../shared/resolve-prefix.js';
import { wholeNumber } from '../shared/whole-number.js';

type Config = Services['ServiceConfigInput'];

export interface ConfigOptions {
  readonly template?: string;
  readonly set?: string[];
  readonly image?: string;
  readonly port?: string[];
  readonly env?: string[];
  readonly attach?: string[];
  readonly file?: string;
  readonly unset?: string[];
}

export function addConfigOptions(command: Command): Command {
  return command
    .argument('[arguments...]', 'arguments of the container, after --')
    .option(
      '--template <template>',
      'template, by its name, its id, or a unique prefix of either; see muster service template list',
    )
    .option('--set <NAME=value...>', 'values for {{NAME}} in the config or its template')
    .option('--image <image>', 'Docker image')
    .option('-p, --port <port...>', 'container ports')
    .option('-e, --env <NAME=value...>', 'environment variables of the container')
    .option(
      '--attach <NAME=volume...>',
      'attach existing volumes as NAME, at the path from the template or, with volume:/path, at a different path; see muster volume list',
    )
    .option(
      '-f, --file <file>',
      'complete config as JSON or YAML (- for standard input); options override it',
    );
}

export interface Configured {
  readonly config: Config;
  readonly type?: string;
}

/** Returns whether the command line changes the config. */
export function changesConfig(
  args: readonly string[],
  { template, set, image, port, env, attach, file, unset }: ConfigOptions,
): boolean {
  return (
    args.length > 0 ||
    [template, set, image, port, env, attach, file, unset].some((each) => each !== undefined)
  );
}

/** Applies the options to the config from the file, or else to the current one. Keeps environment variables and volumes that no option names. */
export async function buildConfig(
  api: Api,
  present: Config,
  args: readonly string[],
  options: ConfigOptions,
): Promise<Configured> {
  const { set, image, port, env, attach, file } = options;
  const base = file === undefined ? present : await configIn(file);
  const template = options.template === undefined ? undefined : await templateNamed(api, options.template);
  const attached =
    attach === undefined
      ? undefined
      : await Promise.all(attach.map(async (each) => await volumeOf(api, each)));
  const config = {
    ...base,
    ...(template !== undefined && { nomad_job_file: template.file }),
    ...(set !== undefined && {
      custom_variables: { ...base.custom_variables, ...Object.fromEntries(set.map(assignment)) },
    }),
    ...(image !== undefined && { image }),
    ...(port !== undefined && { ports: port.map((each) => wholeNumber(each, '--port')) }),
    ...(env !== undefined && {
      environment: { ...base.environment, ...Object.fromEntries(env.map(assignment)) },
    }),
    ...(attached !== undefined && {
      volumes: [
        ...(base.volumes ?? []).filter(({ name }) => attached.every((each) => each.name !== name)),
        ...attached,
      ],
    }),
    ...(args.length > 0 && { args: [...args] }),
  };
  for (const name of options.unset ?? []) remove(config, name);
  return { config, ...(template !== undefined && { type: template.type }) };
}

/** Options may supply what the file lacks. */
async function configIn(file: string): Promise<Config> {
  const { readChecked } = await import('../files/checked-file.js');
  const { sentServiceConfig } = await import('#domain/services/service/index.js');
  return (await readChecked(file, {
    kinds: ['service'],
    schema: sentServiceConfig,
    isPartial: true,
  })) as Config;
}

/** Removes an environment variable or a value for `{{NAME}}`. */
function remove(config: Config, name: string): void {
  const holders = [config.environment, config.custom_variables].filter(
    (each) => each !== undefined && Object.hasOwn(each, name),
  );
  if (holders.length === 0)
    throw new Failure(
      `--unset ${name}: the config of the service has no such variable; one of its template cannot be removed, only replaced`,
    );
  if (config.environment !== undefined) config.environment = without(config.environment, name);
  if (config.custom_variables !== undefined) config.custom_variables = without(config.custom_variables, name);
}

function without<Value>(values: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([each]) => each !== name));
}

async function templateNamed(
  api: Api,
  given: string,
): Promise<{ readonly file: string; readonly type: string }> {
  const { templates } = await bodyOf(api.GET('/api/v1/templates'));
  const { id, name, type } = unambiguous('template', given, templates);
  const { job_files: files = {} } = await bodyOf(
    api.GET('/api/v1/templates/{id}', { params: { path: { id } } }),
  );
  return { file: Object.keys(files)[0] ?? `${name}.nomad`, type };
}

async function volumeOf(api: Api, text: string): Promise<{ name: string; from: string; path?: string }> {
  const [name, given] = assignment(text);
  const [, volume = given, path] = /^(.+):(\/.*)$/.exec(given) ?? [];
  return { name, from: await findVolume(api, volume), ...(path !== undefined && { path }) };
}
