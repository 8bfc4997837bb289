import { driverProblem } from '../drivers/index.js';
import { environmentName } from '../kernel/environment-name.js';
import { PLAIN_NAME_RULE } from '../kernel/plain-name.js';
import type { Constraint, Resources } from '../jobs/job/specification.js';
import { filled } from '../services/template/index.js';
import { checksOf, type CheckContext, type ServiceCheck } from './checks.js';
import { constraintsOf } from './constraint.js';
import { readDriver, type DriverPart } from './driver-config.js';
import { withoutUndefined } from '../kernel/without-undefined.js';
import type { Place } from './located.js';
import type { MappedTask } from './mapped.js';
import { leaveOutNotes } from './notes.js';
import { restartOf, type Policies } from './policies.js';
import type { Section } from './section.js';
import { mountedVolumes, type groupVolumes } from './volumes.js';

const MAX_ENVIRONMENT_VALUE = 32_768;
/** Nomad's default, in MiB. */
const MEMORY = 300;
const PLACEHOLDER = 'x';

export interface ReadTask {
  readonly task: MappedTask;
  readonly place: Place;
  readonly section: Section;
  readonly constraints: readonly Constraint[];
  readonly ports: DriverPart['ports'];
  readonly checks: readonly ServiceCheck[];
  readonly restart: Policies['restart'];
}

export interface GroupParts extends CheckContext {
  readonly volumes: ReturnType<typeof groupVolumes>;
  readonly drivers: readonly MappedTask['driver'][];
  readonly variables: boolean;
  readonly restart: Policies['restart'];
  readonly disk: number | undefined;
}

export function readTask(name: string, section: Section, group: GroupParts): ReadTask | undefined {
  const { volumes, drivers, variables } = group;
  const words = readDriver(section, drivers);
  const user = section.text('user');
  const mounted = mountedVolumes(section, volumes);
  const read = {
    env: environmentOf(section),
    resources: resourcesOf(section, group),
    kill_timeout: killTimeout(section),
  };
  const constraints = constraintsOf(section);
  const checks = checksOf(section, group);
  const restart = restartOf(section, group.restart);
  leaveOutLogConfig(section);
  leaveOutNotes(section);
  section.refuse(
    ['template', 'artifact', 'vault', 'secret'],
    'is not supported: nothing is downloaded or rendered before a task starts',
  );
  section.refuseUnread();
  if (words === undefined) return undefined;
  if (words.driver === 'exec' && mounted.length > 0)
    section.report('is only supported for containers', 'volume_mount');
  const all = [...words.volumes, ...mounted];
  const config = { ...words.config, ...(user !== undefined && { user }) };
  const problem = driverProblem({
    driver: words.driver,
    config: variables ? filled(config, () => PLACEHOLDER) : config,
  });
  if (problem !== undefined)
    section.report(`${problem.field}: ${problem.problem}`, undefined, section.placeOf('config'));
  const task = {
    name,
    driver: words.driver,
    config,
    ...withoutUndefined({ ...read, volumes: all.length === 0 ? undefined : all }),
  };
  return { task, place: section.place, section, constraints, ports: words.ports, checks, restart };
}

function leaveOutLogConfig(section: Section): void {
  const said = section.block('log_config') ?? section.block('logs');
  for (const name of ['max_files', 'max_file_size', 'max_file_size_mb'])
    said?.leaveOutUnless(name, ['10'], 'must be 10: rotation is configured on the agent');
  said?.acceptOnly('disabled', ['false'], 'must be false: logs are always kept');
  said?.refuseUnread();
}

function environmentOf(section: Section): Record<string, string> | undefined {
  const said = section.map('env');
  if (said === undefined) return undefined;
  for (const [name, { text, place }] of said) {
    const problem = environmentName.safeParse(name).error?.issues[0]?.message ?? valueProblem(text);
    if (problem !== undefined) section.report(problem, `env.${name}`, place);
  }
  return Object.fromEntries([...said].map(([name, { text }]) => [name, text]));
}

function valueProblem(text: string): string | undefined {
  if (text.includes('\0')) return PLAIN_NAME_RULE;
  return text.length > MAX_ENVIRONMENT_VALUE
    ? `must be at most ${MAX_ENVIRONMENT_VALUE} characters long`
    : undefined;
}

function resourcesOf(section: Section, group: GroupParts): Resources | undefined {
  const asked = section.block('resources');
  const read = withoutUndefined({
    cpu: asked?.whole('cpu'),
    memory: asked?.whole('memory') ?? (group.defaults ? MEMORY : undefined),
    disk: asked?.whole('disk') ?? group.disk,
  });
  asked?.refuse(['network'], 'is not supported: declare ports in the network block of the group');
  asked?.refuse(['device'], 'is not supported: claim GPUs instead');
  asked?.refuseUnread();
  return Object.keys(read).length === 0 ? undefined : read;
}

function killTimeout(section: Section): number | undefined {
  const seconds = section.seconds('kill_timeout');
  section.acceptOnly('kill_signal', ['SIGTERM', 'TERM', ''], 'must be SIGTERM');
  if (seconds !== undefined && seconds > 3600) section.report('must be at most an hour', 'kill_timeout');
  return seconds;
}
