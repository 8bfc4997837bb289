import { readFile, writeFile } from 'node:fs/promises';
import { DEFAULT_KILL_TIMEOUT_SECONDS } from '#agents/drivers/driver.js';
import { CHECK_DEFAULTS } from '#domain/jobs/job/check.js';
import { DEFAULT_MAX_DELAY } from '#domain/jobs/job/restart.js';
import { DEFAULT_TASK_RESOURCES } from '#domain/jobs/job/specification.js';

export const JOB_FILE = 'docs/job-file.md';

/** What holds where a field is absent, as far as the schema does not say it itself. */
export const ABSENT: Readonly<Record<string, string>> = {
  'JobSubmission.constraints': 'none',
  'JobSubmission.job_id': 'generated',
  'TaskGroup.constraints': 'none',
  'TaskGroup.restart': 'the task is not restarted',
  'TaskGroup.update': 'a new version replaces all allocations at once',
  'TaskGroup.reschedule': 'none: the group fails',
  'ReschedulePolicy.attempts': 'unlimited',
  'RestartPolicyInput.backoff': '`constant`',
  'RestartPolicyInput.max_delay': `\`${DEFAULT_MAX_DELAY}\``,
  'JobTask.resources': `\`cpu: ${DEFAULT_TASK_RESOURCES['cpu']}\`, \`memory: ${DEFAULT_TASK_RESOURCES['memory']}\`, each if it is not set. These defaults are counted when the task is placed, and limit nothing`,
  'JobTask.args': 'none: `command` runs in a shell',
  'JobTask.env': 'none',
  'JobTask.work_dir': 'the task’s own folder; in a container, that of the image',
  'JobTask.user': 'the agent’s user; in a container, that of the image',
  'JobTask.kill_timeout': `\`${DEFAULT_KILL_TIMEOUT_SECONDS}\``,
  'JobTask.max_run_seconds': 'no limit',
  'JobTask.checks': 'the task is healthy while it runs',
  'JobTask.tty': '`false`',
  'JobTask.open_stdin': '`false`',
  'JobTask.ports': '`config.port`, if it is set',
  'JobTask.volumes': 'none',
  'JobTask.shm_size': '`64`',
  'JobTaskPortsItem.host': 'the port is not published, unless it is `dynamic`',
  'JobTaskPortsItem.container': 'the image’s only exposed TCP port, else the number of `host`',
  'JobTaskPortsItem.dynamic': '`false`',
  'JobTaskPortsItem.prefer': 'its previous port on this node, else any free one',
  'TaskVolume.read_only': '`false`',
  'TaskCheck.name': 'its target, such as `http 80/healthz`',
  'TaskCheck.port': 'only of `exec`',
  'TaskCheck.path': `\`${CHECK_DEFAULTS.path}\``,
  'TaskCheck.command': 'only of `tcp` and `http`',
  'TaskCheck.interval_seconds': `\`${CHECK_DEFAULTS.interval_seconds}\``,
  'TaskCheck.timeout_seconds': `\`${CHECK_DEFAULTS.timeout_seconds}\``,
  'TaskCheck.grace_seconds': `\`${CHECK_DEFAULTS.grace_seconds}\``,
  'TaskCheck.failures': `\`${CHECK_DEFAULTS.failures}\``,
  'TaskConfig.image': 'a process on the node that runs `command`',
  'TaskConfig.port': 'no port is published',
  'TaskConfig.container_port': 'the image’s only exposed TCP port, else the number of `port`',
  'TaskConfig.command': 'the image’s default command',
};

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly 'x-any-of'?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}
type Schemas = Readonly<Record<string, Schema>>;

/** The objects that a job file is made of, in the order in which they are met, each by the name of its component. */
export async function jobFileSchemas(): Promise<ReadonlyMap<string, Schema>> {
  const document = JSON.parse(await readFile('openapi/cluster.json', 'utf8')) as {
    readonly components: { readonly schemas: Schemas };
  };
  const met = new Map<string, Schema>();
  const meet = (name: string): void => {
    const schema = document.components.schemas[name];
    if (met.has(name) || schema === undefined) return;
    met.set(name, schema);
    for (const [, inner = ''] of JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/g))
      meet(inner);
  };
  meet('JobSubmission');
  return met;
}

/** The reference of the job file, as text: the same each time, made of the schema that checks what is submitted. */
export async function jobFile(): Promise<string> {
  const schemas = await jobFileSchemas();
  const parts = [...schemas].map(([name, schema]) => part(name, schema, schemas));
  return `${INTRODUCTION}\n${parts.join('\n')}`;
}

export async function writeJobFile(): Promise<void> {
  await writeFile(JOB_FILE, await jobFile());
}

const INTRODUCTION = `# The job file

This page lists every field that \`muster job run FILE\` and \`POST /jobs\` accept, as JSON or YAML. It is generated from the schema that checks jobs (after a change: \`node dist/test/generated/write.js\`). Other fields are refused.

- In a file, a number or boolean in place of a string is taken as written: \`VERSION: 1.10\` is \`"1.10"\`.
- \`muster job validate FILE\` reports all problems without a server, with line and column. \`job run\` and \`job plan\` check the file in the same way before they send it.
- A change of \`count\`, \`priority\` or a policy (\`update\`, \`restart\`, \`reschedule\`, \`lost\`, \`kill_timeout\`, \`max_run_seconds\`) stops nothing: \`muster job plan\` says "in place". \`restart\`, \`reschedule\` and \`lost\` are then in force for running allocations too. A changed \`kill_timeout\` reaches a running allocation with the order to stop it. An agent applies \`max_run_seconds\` as it was when the allocation was placed, so a change of it takes effect with the next allocation.
- Both commands also accept Nomad job files in HCL and JSON, as far as their features have [counterparts here](coming-from-nomad.md). What has none is refused with its line and column.
- Examples are in [\`examples\`](../examples).
`;

function part(name: string, schema: Schema, schemas: ReadonlyMap<string, Schema>): string {
  const heading = `## ${name}\n${schema.description === undefined ? '' : `\n${schema.description}\n`}`;
  if (schema.properties === undefined) return `${heading}\n${typeOf(schema)}.\n`;
  const rows = Object.entries(schema.properties).map(([field, each]) => {
    const absent =
      schema.required?.includes(field) === true
        ? 'required'
        : each.default === undefined
          ? (ABSENT[`${name}.${field}`] ?? '')
          : `\`${String(each.default)}\``;
    return `| \`${field}\` | ${cell(typeOf(each))} | ${cell(absent)} | ${cell(each.description ?? schemas.get(nameOf(each))?.description ?? '')} |`;
  });
  return `${heading}\n| field | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** The component that a schema stands for: itself, or that of its items. */
function nameOf({ $ref, items }: Schema): string {
  return $ref?.split('/').at(-1) ?? (items === undefined ? '' : nameOf(items));
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema);
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  const any = schema['x-any-of'];
  if (any !== undefined)
    return any.map((each) => (each.startsWith('{') ? `\`${each}\`` : each)).join(', or ');
  if (schema.type === 'array')
    return `list of ${typeOf(schema.items ?? {})}${bounds(schema.minItems, schema.maxItems, 'items')}`;
  if (schema.type === 'object')
    return `object: each name${limits(schema.propertyNames ?? {})}, each value ${typeof schema.additionalProperties === 'object' ? typeOf(schema.additionalProperties) : 'anything'}`;
  return `${schema.type ?? 'anything'}${limits(schema)}`;
}

function limits({ minimum, maximum, minLength, maxLength, pattern }: Schema): string {
  const numbers = bounds(minimum, maximum, '');
  return `${numbers}${bounds(minLength, maxLength, 'characters')}${pattern === undefined ? '' : `, \`${pattern}\``}`;
}

function bounds(least: number | undefined, most: number | undefined, unit: string): string {
  const text =
    least === undefined
      ? most === undefined
        ? ''
        : `at most ${most}`
      : most === undefined
        ? `at least ${least}`
        : `${least} to ${most}`;
  return text === '' ? '' : `, ${text}${unit === '' ? '' : ` ${unit}`}`;
}
