import type { Command } from 'commander';
import { assignment } from '../assignment.js';
import { bodyOf, type Api, type Services } from '../client.js';
import { volumeNamed } from '../named-volume.js';
import { readStructured } from '../structured-file.js';
import { unambiguous } from '../unambiguous.js';
import { wholeNumber } from '../whole-number.js';

type Config = Services['ServiceConfigInput'];

/** What the command line says of a service's config. */
export interface ConfigOptions {
  readonly template?: string;
  readonly set?: string[];
  readonly image?: string;
  readonly port?: string[];
  readonly env?: string[];
  readonly attach?: string[];
  readonly file?: string;
}

/** Adds the options that say what a service is. */
export function withConfig(command: Command): Command {
  return command
    .argument('[arguments...]', 'behind --: arguments of the container')
    .option('--template <template>', 'a template, by its name, its id, or a beginning of one: muster service template list')
    .option('--set <NAME=value...>', 'values for {{NAME}} in the config or its template')
    .option('--image <image>', 'an image of Docker')
    .option('-p, --port <port...>', 'ports of the container')
    .option('-e, --env <NAME=value...>', 'environment of the container')
    .option('--attach <NAME=volume...>', 'kept volumes to have as NAME, at the path of the template or, as volume:/path, at another: muster volume list')
    .option('-f, --file <file>', 'its config whole, as JSON or YAML (- for standard input); options count on top');
}

/** A config as the command line asks for it, and the type that its template is of. */
export interface Configured {
  readonly config: Config;
  readonly type?: string;
}

/** Whether the command line says anything of the config. */
export function saysConfig(args: readonly string[], { template, set, image, port, env, attach, file }: ConfigOptions): boolean {
  return args.length > 0 || [template, set, image, port, env, attach, file].some((each) => each !== undefined);
}

/** What the file says, else what is there already, with the options on top: names of variables, of the environment and of volumes that are not named stay. */
export async function configured(api: Api, present: Config, args: readonly string[], options: ConfigOptions): Promise<Configured> {
  const { set, image, port, env, attach, file } = options;
  // The server judges what the file says.
  const base = file === undefined ? present : ((await readStructured(file)) as Config);
  const template = options.template === undefined ? undefined : await templateNamed(api, options.template);
  const attached = attach === undefined ? undefined : await Promise.all(attach.map(async (each) => await volumeOf(api, each)));
  const config = {
    ...base,
    ...(template !== undefined && { nomad_job_file: template.file }),
    ...(set !== undefined && { custom_variables: { ...base.custom_variables, ...Object.fromEntries(set.map(assignment)) } }),
    ...(image !== undefined && { image }),
    ...(port !== undefined && { ports: port.map((each) => wholeNumber(each, '--port')) }),
    ...(env !== undefined && { environment: { ...base.environment, ...Object.fromEntries(env.map(assignment)) } }),
    ...(attached !== undefined && { volumes: [...(base.volumes ?? []).filter(({ name }) => attached.every((each) => each.name !== name)), ...attached] }),
    ...(args.length > 0 && { args: [...args] }),
  };
  return { config, ...(template !== undefined && { type: template.type }) };
}

/** The job file that stands for a template, and the type of what is made of it. */
async function templateNamed(api: Api, given: string): Promise<{ readonly file: string; readonly type: string }> {
  const { templates } = await bodyOf(api.GET('/api/v1/templates'));
  const { id, name, type } = unambiguous('template', given, templates);
  const { job_files: files = {} } = await bodyOf(api.GET('/api/v1/templates/{id}', { params: { path: { id } } }));
  return { file: Object.keys(files)[0] ?? `${name}.nomad`, type };
}

/** `NAME=volume` or `NAME=volume:/path`. */
async function volumeOf(api: Api, text: string): Promise<{ name: string; from: string; path?: string }> {
  const [name, given] = assignment(text);
  const [, volume = given, path] = /^(.+):(\/.*)$/.exec(given) ?? [];
  return { name, from: await volumeNamed(api, volume), ...(path !== undefined && { path }) };
}
