import { MusterError } from '#domain/errors/index.js';
import type { MappedJob } from '#domain/nomad-job/index.js';
import { serviceConfig, type ServiceConfig } from '#domain/service/index.js';
import {
  fillWith,
  render,
  templateOfJobFile,
  type RandomBytes,
  type ServiceTemplateContent,
  type SetVariable,
  type VariableValue,
} from '#domain/service-template/index.js';
import { configOfJobFile } from './job-file-config.js';
import { serviceJobOf } from './service-job.js';

/** What a configuration comes to: its template rendered, or its job file read, and what was sent on top. */
export interface Composed {
  /** Neither `nomad_job_file` nor `custom_variables` is left in it. */
  readonly config: ServiceConfig;
  readonly variables: readonly SetVariable[];
  /** How clients name the service, with `{{ENDPOINT}}` where its address comes. */
  readonly connection?: string | undefined;
  /** Name of the template that it was made with. */
  readonly template?: string;
}

export interface ComposedWith {
  /** The template of a name, as far as the caller sees it. */
  template(name: string): Promise<ServiceTemplateContent | undefined>;
  /** What the variables were before: one that can be generated, and is not given now, stays as it was. */
  readonly before: Readonly<Record<string, string>>;
  readonly random: RandomBytes;
}

/** Errors: `MUSTER_E_INVALID`, which names the field; those of a template's variables. */
export async function composed(sent: ServiceConfig, parts: ComposedWith): Promise<Composed> {
  const { nomad_job_file: file, custom_variables: given, ...open } = sent;
  if (file === undefined) {
    if (given !== undefined) throw invalid('custom_variables', 'are for a template: name one of its job files by config.nomad_job_file');
    return { config: open, variables: [] };
  }
  const name = templateOfJobFile(file);
  if (name === undefined) {
    if (given !== undefined) throw invalid('custom_variables', 'are for a template, and config.nomad_job_file is the text of a job file');
    return { config: onTop(open, await readJob(file)), variables: [] };
  }
  const template = await parts.template(name);
  if (template === undefined || !isNamedBy(template, file)) throw invalid('nomad_job_file', `no template has a job file ${file}`);
  const { kept, values } = valuesOf(template, given ?? {}, open.environment ?? {}, parts.before);
  const { config, variables: set, connection } = render(template, { ...kept, ...values }, parts.random);
  const variables = set.map((each) => (Object.hasOwn(kept, each.name) ? { ...each, from: 'generated' as const } : each));
  const { nomad_job_file: _link, ...rendered } = config;
  const base = 'image' in rendered ? parsed(rendered) : await readJob(file, template, variables);
  return { config: onTop(open, base), variables, connection, template: name };
}

/** `<name>.nomad` names a template whose configuration is whole as well: it needs no job file to be made of. */
function isNamedBy({ name, config, jobFiles = {} }: ServiceTemplateContent, file: string): boolean {
  return Object.hasOwn(jobFiles, file) || (file === `${name}.nomad` && 'image' in config);
}

/**
 * What a template's variables are given: what was sent for them, and what they were before if they can be generated. A variable of the environment that is sent as well wins: what the
 * template would fill it with is the same, so that the connection string says what holds.
 */
function valuesOf(
  { config, variables }: ServiceTemplateContent,
  given: Readonly<Record<string, VariableValue>>,
  environment: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): { readonly kept: Record<string, string>; readonly values: Record<string, VariableValue> } {
  // Data that lie on a volume are behind the password that they were made with.
  const lasting = new Set(variables.flatMap(({ name, generate }) => (generate === undefined ? [] : [name])));
  const filled: Record<string, VariableValue> = {};
  for (const [name, text] of Object.entries((config as ServiceConfig).environment ?? {})) {
    const variable = typeof text === 'string' ? /^\{\{([A-Z0-9_]+)\}\}$/.exec(text)?.[1] : undefined;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (variable !== undefined && value !== undefined) filled[variable] = value;
  }
  const values = { ...given, ...filled };
  return { values, kept: Object.fromEntries(Object.entries(before).filter(([name]) => lasting.has(name) && !Object.hasOwn(values, name))) };
}

/** What is sent wins, field by field, and variable by variable of the environment. */
function onTop({ environment, volumes, ...sent }: ServiceConfig, { environment: below, ...base }: ServiceConfig): ServiceConfig {
  const merged = { ...below, ...environment };
  return {
    ...{ ...base, ...sent, ...(Object.keys(merged).length > 0 && { environment: merged }) },
    ...(volumes !== undefined && { volumes: withPaths(volumes, base.volumes ?? []) }),
  };
}

type ServiceVolumes = NonNullable<ServiceConfig['volumes']>;

/** A volume that is sent without a path goes where the one of its name goes in the template. */
function withPaths(volumes: ServiceVolumes, base: ServiceVolumes): ServiceVolumes {
  return volumes.map((volume) => ({ ...base.find(({ name }) => name === volume.name), ...volume }));
}

async function readJob(file: string, template?: ServiceTemplateContent, variables: readonly SetVariable[] = []): Promise<ServiceConfig> {
  const reading = await serviceJobOf(file, template);
  if ('problem' in reading) throw invalid('nomad_job_file', reading.problem);
  const job: MappedJob = fillWith(reading.job, variables);
  const { config, problem } = configOfJobFile(job);
  if (problem !== undefined) throw invalid('nomad_job_file', problem);
  return parsed(config);
}

function parsed(config: unknown): ServiceConfig {
  const { data, error } = serviceConfig.safeParse(config);
  const [issue] = error?.issues ?? [];
  if (data === undefined) throw invalid('nomad_job_file', `comes to ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no configuration'}`);
  return data;
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: `config.${field}`, problem });
}
