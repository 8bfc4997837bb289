import { describeIssue, MusterError } from '#domain/kernel/errors/index.js';
import type { MappedJob } from '#domain/nomad/index.js';
import { serviceConfig, type ServiceConfig } from '#domain/services/service/index.js';
import {
  filled,
  fillWith,
  render,
  setVariables,
  templateOfJobFile,
  tokensIn,
  type RandomBytes,
  type Renderable,
  type ServiceTemplateContent,
  type SetVariable,
  type TemplateVariable,
  type VariableValue,
} from '#domain/services/template/index.js';
import { configOfJobFile } from './job-file-config.js';
import { serviceJobOf } from './service-job.js';

/** A configuration whose template has been rendered or job file has been read, with the request applied on top. */
export interface ResolvedConfig {
  readonly config: ServiceConfig;
  readonly variables: readonly SetVariable[];
  readonly connection?: string | undefined;
  readonly template?: UsedTemplate;
}

/** What a template gave to a version, and the name of the job file by which the version refers to it. */
export type UsedTemplate = Renderable &
  Pick<ServiceTemplateContent, 'name' | 'jobFiles'> & { readonly file: string };

export interface ResolveOptions {
  /** Returns the template with this name, as it is or as the version before used it. */
  template(name: string, file: string): Promise<Omit<UsedTemplate, 'file'> | undefined>;
  readonly before: Readonly<Record<string, string>>;
  readonly random: RandomBytes;
}

/** Replaces `{{NAME}}` in request, template and job file. Throws `MUSTER_E_INVALID` with the field, and the errors of a template's variables. */
export async function resolveConfig(sent: ServiceConfig, parts: ResolveOptions): Promise<ResolvedConfig> {
  const { nomad_job_file: file, custom_variables: given = {}, ...open } = sent;
  const name = file === undefined ? undefined : templateOfJobFile(file);
  if (file === undefined || name === undefined) {
    const job = file === undefined ? undefined : await readJob(file);
    const free = freeVariables([open, job]);
    // An unused value is not an error here, because the contract's clients send all values with every configuration.
    const set = setVariables(free, textsOf(given, free), parts.random);
    return {
      config: onTop(
        whole(fillWith(open, set), 'config'),
        job === undefined ? {} : configOf(fillWith(job, set)),
      ),
      variables: [],
    };
  }
  const template = await parts.template(name, file);
  if (template === undefined || !isNamedBy(template, file))
    throw invalid('nomad_job_file', `no template has a job file ${file}`);
  const free = freeVariables(open, template.variables);
  const own = { ...given, ...textsOf(given, free) };
  const { kept, values } = valuesOf(template, own, literals(open.environment ?? {}, own, free), parts.before);
  const { config, variables, connection } = render(
    { ...template, variables: [...template.variables, ...free] },
    { ...kept, ...values },
    parts.random,
  );
  const base =
    'image' in config
      ? whole(withoutLink(config), 'nomad_job_file')
      : configOf(fillWith(await readJob(file, template), variables));
  const shown = variables.slice(0, template.variables.length);
  return {
    config: onTop(whole(fillWith(open, variables), 'config'), base),
    variables: shown.map((each) =>
      Object.hasOwn(kept, each.name) ? { ...each, from: 'generated' as const } : each,
    ),
    connection,
    template: usedOf(template, file),
  };
}

/** Returns variables that are used but not declared by a template. They are strings, and must be provided. */
function freeVariables(data: unknown, declared: readonly TemplateVariable[] = []): TemplateVariable[] {
  const names = tokensIn(data).filter((token) => declared.every((each) => each.name !== token));
  return names.map((name) => ({ name, type: 'string', description: '' }));
}

function textsOf(
  given: Readonly<Record<string, VariableValue>>,
  variables: readonly TemplateVariable[],
): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap(({ name }) => (Object.hasOwn(given, name) ? [[name, String(given[name])]] : [])),
  );
}

function literals(
  environment: Readonly<Record<string, string>>,
  given: Readonly<Record<string, VariableValue>>,
  free: readonly TemplateVariable[],
): Record<string, string> {
  const isKnown = (token: string): boolean =>
    free.some(({ name }) => name === token) && Object.hasOwn(given, token);
  const known = Object.entries(environment).filter(([, text]) => tokensIn(text).every(isKnown));
  return filled(Object.fromEntries(known), (token) => String(given[token]));
}

function usedOf(
  { name, config, variables, connection, jobFiles = {} }: Omit<UsedTemplate, 'file'>,
  file: string,
): UsedTemplate {
  const text = jobFiles[file];
  return {
    file,
    name,
    config,
    variables,
    ...(connection !== undefined && { connection }),
    ...(text !== undefined && { jobFiles: { [file]: text } }),
  };
}

function withoutLink({ nomad_job_file: _link, ...config }: Readonly<Record<string, unknown>>): unknown {
  return config;
}

/** `<name>.nomad` may also refer to a template with a complete configuration and no job file. */
function isNamedBy({ name, config, jobFiles = {} }: Omit<UsedTemplate, 'file'>, file: string): boolean {
  return Object.hasOwn(jobFiles, file) || (file === `${name}.nomad` && 'image' in config);
}

/**
 * Returns the values of a template's variables: the values in the request, or the previous values of variables that can be generated. An
 * environment variable in the request overrides the template's, so the template gets the same value for its connection string.
 */
function valuesOf(
  { config, variables }: Pick<Renderable, 'config' | 'variables'>,
  given: Readonly<Record<string, VariableValue>>,
  environment: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): { readonly kept: Record<string, string>; readonly values: Record<string, VariableValue> } {
  const lasting = new Set(variables.flatMap(({ name, generate }) => (generate === undefined ? [] : [name])));
  const bound: Record<string, VariableValue> = {};
  for (const [name, text] of Object.entries((config as ServiceConfig).environment ?? {})) {
    const variable = typeof text === 'string' ? /^\{\{([A-Z0-9_]+)\}\}$/.exec(text)?.[1] : undefined;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (variable !== undefined && value !== undefined) bound[variable] = value;
  }
  const values = { ...given, ...bound };
  return {
    values,
    kept: Object.fromEntries(
      Object.entries(before).filter(([name]) => lasting.has(name) && !Object.hasOwn(values, name)),
    ),
  };
}

function onTop(
  { environment, volumes, ...sent }: ServiceConfig,
  { environment: below, ...base }: ServiceConfig,
): ServiceConfig {
  const merged = { ...below, ...environment };
  return {
    ...base,
    ...sent,
    ...(Object.keys(merged).length > 0 && { environment: merged }),
    ...(volumes !== undefined && { volumes: withPaths(volumes, base.volumes ?? []) }),
  };
}

type ServiceVolumes = NonNullable<ServiceConfig['volumes']>;

function withPaths(volumes: ServiceVolumes, base: ServiceVolumes): ServiceVolumes {
  return volumes.map((volume) => ({ ...base.find(({ name }) => name === volume.name), ...volume }));
}

async function readJob(file: string, template?: Pick<UsedTemplate, 'jobFiles'>): Promise<MappedJob> {
  const reading = await serviceJobOf(file, template);
  if ('problem' in reading) throw invalid('nomad_job_file', reading.problem);
  return reading.job;
}

function configOf(job: MappedJob): ServiceConfig {
  const { config, problem } = configOfJobFile(job);
  if (problem !== undefined) throw invalid('nomad_job_file', problem);
  return whole(config, 'nomad_job_file');
}

function whole(config: unknown, from: 'config' | 'nomad_job_file'): ServiceConfig {
  const { data, error } = serviceConfig.safeParse(config);
  if (data !== undefined) return data;
  const { field, problem } = describeIssue(error.issues);
  const path = field ?? '';
  throw from === 'config'
    ? invalid(path, problem)
    : invalid('nomad_job_file', `is invalid at ${path}: ${problem}`);
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: `config.${field}`, problem });
}
