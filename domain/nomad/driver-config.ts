import { shmSize } from '../drivers/docker/index.js';
import { didYouMean } from '../kernel/nearest.js';
import type { TaskVolume } from '../jobs/job/volume.js';
import type { MappedTask } from './mapped.js';
import type { Section } from './section.js';
import { dockerVolumes } from './volumes.js';
import { withoutUndefined } from '../kernel/without-undefined.js';

export interface DriverPart {
  readonly driver: MappedTask['driver'];
  readonly config: MappedTask['config'];
  readonly ports?: readonly string[] | undefined;
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
/** False and empty lists are accepted, because they do not request anything. */
const EMPTY_IS_ABSENT = true;

export function readDriver(task: Section, drivers: readonly MappedTask['driver'][]): DriverPart | undefined {
  const driver = task.text('driver');
  const config = task.block('config');
  if ((driver === 'docker' || driver === 'exec') && drivers.includes(driver)) {
    if (config !== undefined) return driver === 'docker' ? docker(config) : exec(config);
    task.report('needs a config', 'config');
    return undefined;
  }
  const why =
    driver === 'raw_exec'
      ? 'raw_exec is not supported, because it has no limits: use exec or docker'
      : `must be ${drivers.map((each) => JSON.stringify(each)).join(' or ')}`;
  task.report(`${why}${driver === undefined ? '' : didYouMean(driver, drivers)}`, 'driver');
  // The likely driver shows the other problems of the config at once.
  if (config !== undefined && config.node.entries.size > 0)
    void (config.has('image') ? docker(config) : exec(config));
  return undefined;
}

function docker(config: Section): DriverPart {
  const network = config.text('network_mode');
  if (network === 'host' || network?.startsWith('container:') === true)
    config.report(NOT_GIVEN, 'network_mode');
  else if (network !== undefined && network !== 'bridge' && network !== 'default')
    config.report('is not supported', 'network_mode');
  config.refuse(PRIVILEGED, NOT_GIVEN, EMPTY_IS_ABSENT);
  config.leaveOut(['labels'], 'is not supported: containers have the labels of Muster');
  config.leaveOut(['logging'], 'is not supported: logs are kept by the agent');
  config.leaveOut(['image_pull_timeout'], 'is not supported: pulls of images have no such limit');
  config.leaveOut(['auth_soft_fail'], 'is not supported: see muster registry login');
  config.refuse(['auth'], 'is not supported in a job file: use muster registry login');
  const image = config.text('image');
  if (image === undefined && !config.has('image')) config.report('needs an image', 'image');
  const [command, words] = [config.text('command'), config.texts('args')];
  // In Nomad, the command is one word. In Muster, it would be split like a shell command.
  const args = command === undefined ? words : [command, ...(words ?? [])];
  const part: DriverPart = {
    driver: 'docker',
    config: withoutUndefined({
      image,
      args,
      work_dir: config.text('work_dir'),
      tty: config.flag('tty') === true ? true : undefined,
      open_stdin: config.flag('interactive') === true ? true : undefined,
      shm_size: sharedMemory(config),
    }),
    ports: config.texts('ports'),
    volumes: dockerVolumes(config),
  };
  config.refuseUnread();
  return part;
}

/** Nomad has the size of `/dev/shm` in bytes. Muster counts MiB, so a size between two is rounded up. Nomad's 0 means Docker's default. */
function sharedMemory(config: Section): number | undefined {
  const bytes = config.whole('shm_size');
  if (bytes === undefined || bytes === 0) return undefined;
  const mebibytes = Math.ceil(bytes / 1_048_576);
  if (shmSize.safeParse(mebibytes).success) return mebibytes;
  config.report('must be at most 1 TiB, in bytes', 'shm_size');
  return undefined;
}

function exec(config: Section): DriverPart {
  config.refuse(['pid_mode', 'ipc_mode', 'cap_add'], NOT_GIVEN, EMPTY_IS_ABSENT);
  const command = config.text('command');
  if (command === undefined && !config.has('command')) config.report('needs a command', 'command');
  const args = config.texts('args') ?? [];
  config.refuseUnread();
  // `args` is always set, because a command without `args` would be run by a shell.
  return { driver: 'exec', config: withoutUndefined({ command, args }), volumes: [] };
}
