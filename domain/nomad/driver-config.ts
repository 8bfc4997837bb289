import type { TaskVolume } from '../jobs/job/volume.js';
import type { MappedTask } from './mapped.js';
import type { Section } from './section.js';
import { dockerVolumes } from './volumes.js';

export interface DriverPart {
  readonly driver: MappedTask['driver'];
  readonly config: MappedTask['config'];
  readonly ports?: readonly string[];
  readonly volumes: readonly TaskVolume[];
}

const PRIVILEGED = [
  'privileged',
  'cap_add',
  'devices',
  'pid_mode',
  'ipc_mode',
  'uts_mode',
  'userns_mode',
  'cgroupns',
  'security_opt',
  'sysctl',
  'runtime',
  'group_add',
  'storage_opt',
  'volume_driver',
  'cpuset_cpus',
  'oom_score_adj',
  'isolation',
  'privileged_mode',
  'seccomp_profile',
  'apparmor_profile',
];
const NOT_GIVEN = 'is not allowed';

export function readDriver(task: Section, drivers: readonly MappedTask['driver'][]): DriverPart | undefined {
  const driver = task.text('driver');
  const config = task.block('config');
  if ((driver === 'docker' || driver === 'exec') && drivers.includes(driver)) {
    if (config !== undefined) return driver === 'docker' ? docker(config) : exec(config);
    task.report(task.place, 'needs a config', 'config');
    return undefined;
  }
  const why =
    driver === 'raw_exec'
      ? 'raw_exec is not supported, because it has no limits: use exec or docker'
      : `must be ${drivers.map((each) => JSON.stringify(each)).join(' or ')}`;
  task.report(task.placeOf('driver'), why, 'driver');
  return undefined;
}

function docker(config: Section): DriverPart {
  const network = config.text('network_mode');
  if (network === 'host' || network?.startsWith('container:') === true)
    config.report(config.placeOf('network_mode'), NOT_GIVEN, 'network_mode');
  else if (network !== undefined && network !== 'bridge' && network !== 'default')
    config.report(config.placeOf('network_mode'), 'is not supported', 'network_mode');
  // False and empty lists are accepted, because they do not request anything.
  for (const name of PRIVILEGED) if (!isOff(config, name)) config.refuse([name], NOT_GIVEN);
  config.refuse(['auth'], 'is not supported in a job file: use muster registry login');
  const image = config.text('image');
  if (image === undefined && !config.has('image')) config.report(config.place, 'needs an image', 'image');
  const words = argumentsOf(config);
  const ports = config.texts('ports');
  const volumes = dockerVolumes(config);
  const [workDir, tty, openInput] = [config.text('work_dir'), config.flag('tty'), config.flag('interactive')];
  config.refuseUnread();
  return {
    driver: 'docker',
    config: {
      ...(image !== undefined && { image }),
      ...(words !== undefined && { args: words }),
      ...(workDir !== undefined && { work_dir: workDir }),
      ...(tty === true && { tty }),
      ...(openInput === true && { open_stdin: true }),
    },
    ...(ports !== undefined && { ports }),
    volumes,
  };
}

function exec(config: Section): DriverPart {
  for (const name of ['pid_mode', 'ipc_mode', 'cap_add'])
    if (!isOff(config, name)) config.refuse([name], NOT_GIVEN);
  const command = config.text('command');
  if (command === undefined && !config.has('command'))
    config.report(config.place, 'needs a command', 'command');
  const args = config.texts('args') ?? [];
  config.refuseUnread();
  // `args` is always set, because a command without `args` would be run by a shell.
  return { driver: 'exec', config: { ...(command !== undefined && { command }), args }, volumes: [] };
}

/** In Nomad, the command is one word. In Muster, it would be split like a shell command, so command and arguments are both passed as arguments. */
function argumentsOf(config: Section): string[] | undefined {
  const [command, args] = [config.text('command'), config.texts('args')];
  return command === undefined ? args : [command, ...(args ?? [])];
}

function isOff(config: Section, name: string): boolean {
  const value = config.node.entries.get(name)?.value;
  if (value === undefined) return true;
  const off =
    value.kind === 'list'
      ? value.items.length === 0
      : value.kind === 'scalar' && (value.value === false || value.value === '' || value.value === null);
  if (off) config.has(name);
  return off;
}
