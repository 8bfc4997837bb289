import { isNomadText } from '#domain/nomad/text.js';
import { Failure } from '../shared/failure.js';

/** What the commands read. A job and a template have the same fields, apart from those that identify them. */
export type Kind = 'job' | 'task' | 'service' | 'template' | 'environment';

interface Recognised {
  readonly what: string;
  /** The command that reads such a file, or what to do instead. */
  readonly advice: (file: string) => string;
  readonly kind?: Kind;
}

const NOT_READ = 'Muster does not read it';
const ENVIRONMENT_FILE = 'write an environment.yml, and use: muster env create NAME -f environment.yml';

const OF_KIND: Readonly<Record<Kind, Recognised>> = {
  job: { what: 'a job', advice: (file) => `use: muster job run ${file}`, kind: 'job' },
  task: { what: 'a task', advice: (file) => `use: muster task create -f ${file}`, kind: 'task' },
  service: {
    what: 'the config of a service',
    advice: (file) => `use: muster service create NAME --type TYPE -f ${file}`,
    kind: 'service',
  },
  template: {
    what: 'a template of services',
    advice: (file) => `use: muster service template add ${file}`,
    kind: 'template',
  },
  environment: {
    what: 'a conda environment',
    advice: (file) => `use: muster env create NAME -f ${file}`,
    kind: 'environment',
  },
};

const NOMAD: Recognised = { ...OF_KIND.job, what: 'a Nomad job' };
const TIME = String.raw`(?:[\d*?,/\-+#L]|[A-Za-z]{3}\b)+`;
const CRON_ENTRY = new RegExp(String.raw`^\s*(?:@[a-z]+|${TIME}(?:[ \t]+${TIME}){4})[ \t]+\S`);
const ASSIGNMENT = /^\s*[A-Za-z_]\w*\s*=/;
const REQUIREMENT =
  /^(?:-[a-z]|--[a-z-]+|[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*(?:(?:[=<>!~]=|===|[<>@;])\s*\S.*)?$)/;

/** Recognises files that are no YAML, most telling first. `lines` are those that are neither empty nor comments. */
const TEXTS: readonly (readonly [(lines: readonly string[], text: string) => boolean, Recognised])[] = [
  [
    (_, text) => isExplicitList(text),
    {
      ...OF_KIND.environment,
      what: 'an explicit list of conda',
    },
  ],
  [
    (_, text) => /^#!\s*\//.test(text),
    { what: 'a script', advice: (file) => `use: muster task create --name NAME -- ${file}` },
  ],
  [
    ([first = '']) => /^FROM\s+\S/i.test(first),
    {
      what: 'a Dockerfile',
      advice: () => 'build it, and use: muster service create NAME --type TYPE --image IMAGE',
    },
  ],
  [(_, text) => isNomadText(text), NOMAD],
  [
    ([first = '']) => /^\[(?:Unit|Service|Timer|Install)\]/.test(first),
    { what: 'a unit of systemd', advice: () => `${NOT_READ}: write a task or a job` },
  ],
  [
    (lines) =>
      lines.some((line) => /^\[{1,2}[\w.-]+\]{1,2}\s*$/.test(line)) &&
      lines.some((line) => ASSIGNMENT.test(line)),
    { what: 'a TOML file', advice: () => `${NOT_READ}: ${ENVIRONMENT_FILE}` },
  ],
  [([first = '']) => first.startsWith('<'), { what: 'an XML or HTML file', advice: () => NOT_READ }],
  [
    (lines) =>
      lines.every((line) => CRON_ENTRY.test(line) || ASSIGNMENT.test(line)) &&
      lines.some((line) => CRON_ENTRY.test(line)),
    { what: 'a crontab', advice: (file) => `use: muster task import ${file}` },
  ],
  [
    (lines) =>
      lines.every((line) => REQUIREMENT.test(line)) && lines.some((line) => /[=<>~!]=|^-/.test(line)),
    {
      what: 'a list of requirements for pip',
      advice: () => 'use: muster env create NAME --pip REQUIREMENT…, or an environment.yml',
    },
  ],
];

type Fields = Readonly<Record<string, unknown>>;

/** Recognises JSON and YAML by its fields, most telling first. */
const FIELDS: readonly (readonly [(said: Fields) => boolean, Recognised])[] = [
  [
    has('apiVersion', 'kind'),
    { what: 'a manifest of Kubernetes', advice: () => `${NOT_READ}: write a job or a service` },
  ],
  [
    (said) =>
      isFields(said['services']) &&
      Object.values(said['services']).some(
        (each) => isFields(each) && ['image', 'build', 'extends'].some((key) => key in each),
      ),
    {
      what: 'a file of Docker Compose',
      advice: () =>
        `${NOT_READ}: create each of its services with: muster service create NAME --type TYPE --image IMAGE`,
    },
  ],
  [
    has('version', 'metadata', 'package'),
    { what: 'a conda-lock file', advice: () => `${NOT_READ}: ${ENVIRONMENT_FILE}` },
  ],
  [
    (said) => has('version', 'environments', 'packages')(said) && !('platform' in said),
    { what: 'a pixi.lock', advice: () => `${NOT_READ}: ${ENVIRONMENT_FILE}` },
  ],
  [has('jobs', 'on'), { what: 'a workflow of GitHub', advice: () => `${NOT_READ}: write tasks or jobs` }],
  [(said) => ['job', 'Job', 'TaskGroups'].some((key) => isFields(said[key])), NOMAD],
  [has('task_groups'), OF_KIND.job],
  [has('executor'), OF_KIND.task],
  [has('config', 'type'), OF_KIND.template],
  [has('dependencies'), OF_KIND.environment],
  [has('platform', 'packages'), OF_KIND.environment],
  [(said) => ['image', 'nomad_job_file', 'custom_variables'].some((key) => key in said), OF_KIND.service],
  [has('schedule', 'command'), OF_KIND.task],
];

function has(...names: readonly string[]): (said: Fields) => boolean {
  return (said) => names.every((name) => name in said);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Whether the text is conda's explicit list of packages, which is no YAML. The server reads it. */
export function isExplicitList(text: string): boolean {
  return /^@EXPLICIT\s*$/m.test(text);
}

/** Throws a {@link Failure} with the command to use if the text is recognised as something other than JSON or YAML. */
export function refuseOtherText(file: string, text: string): void {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(?:#|\/\/|$)/.test(line));
  const [, found] = TEXTS.find(([fits]) => fits(lines, text)) ?? [];
  if (found !== undefined) refuse(file, found);
}

/** Throws a {@link Failure} with the command to use if the value is recognised as another kind. A list is what its first item is. */
export function refuseOtherKind(file: string, data: unknown, wanted: readonly Kind[]): void {
  const said: unknown = Array.isArray(data) ? data[0] : data;
  if (!isFields(said)) return;
  const [, found] = FIELDS.find(([fits]) => fits(said)) ?? [];
  if (found !== undefined && !(found.kind !== undefined && wanted.includes(found.kind))) refuse(file, found);
}

function refuse(file: string, { what, advice }: Recognised): never {
  throw new Failure(`${file}: this is ${what}: ${advice(file)}`);
}
