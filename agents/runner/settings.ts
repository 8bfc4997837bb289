import { z } from 'zod';
import { flag, numberRange } from '#domain/kernel/settings/kinds.js';
import { section, setting } from '#domain/kernel/settings/section.js';
import { DEFAULT_DISK_LIMITS, DEFAULT_VOLUME_LIMITS, type DiskLimits } from '../drivers/disk-watch.js';
import { DEFAULT_LOG_BOUNDS, type LogBounds } from '../logs/rotated-log.js';
import { DEFAULT_RETENTION, type Retention } from './retention.js';

const MEBIBYTE = 1_048_576;
const SECONDS_PER_HOUR = 3600;

const uidRange = numberRange(10, 'user ids', '200000-265535').refine(
  ({ first, last }) => first > 0 && first <= last && last < 4_294_967_295,
  'must be two numbers above 0, the smaller one first',
);

const fileCount = z.coerce.number().int().min(100).max(4_294_967_295);
const mebibyteCount = z.coerce.number().int().min(1).max(1_073_741_824);

export const taskSettings = section(
  {
    taskUids: setting(
      'MUSTER_TASK_UIDS',
      uidRange.optional(),
      "user ids for tenants' processes if the agent is root; no user of the host may use any of them",
      { unset: 'unset: `200000-265535`' },
    ),
    tenantsShareAgentUser: setting(
      'MUSTER_TENANTS_SHARE_AGENT_USER',
      flag.default(false),
      "`true`: an agent not running as root runs tenants' processes as its own user; they can read its secrets and each other's data ([details](agent.md#processes-of-tenants))",
    ),
    tenantsShareTmp: setting(
      'MUSTER_TENANTS_SHARE_TMP',
      flag.default(false),
      "`true`: an agent that cannot create namespaces (no `CAP_SYS_ADMIN`) still runs tenants' processes; they share `/tmp`, `/dev/shm` and System V memory ([details](agent.md#processes-of-tenants))",
    ),
    tenantsReachOpenStores: setting(
      'MUSTER_TENANTS_REACH_OPEN_STORES',
      flag.default(false),
      "`true`: an agent runs tenants' processes even if they can reach an EventStoreDB, MongoDB or NATS that Muster uses without credentials ([details](agent.md#processes-of-tenants))",
    ),
    containersReachOpenStores: setting(
      'MUSTER_CONTAINERS_REACH_OPEN_STORES',
      flag.default(false),
      "`true`: an agent starts tenants' containers even if it finds such a store at an address that containers might reach, for example because a firewall blocks them ([details](agent.md#processes-of-tenants))",
    ),
    tasksOutliveAgent: setting(
      'MUSTER_TASKS_OUTLIVE_AGENT',
      z.enum(['auto', 'true', 'false']).default('auto'),
      'whether processes keep running when their agent ends: `true`, `false` or `auto`. With `auto` they end if the agent is the first process of a container, or if the container ends with it',
    ),
    diskMebibytes: setting(
      'MUSTER_TASK_DISK_MIB',
      mebibyteCount.optional(),
      "maximum MiB of a tenant's task: its working directory and `TMPDIR`, or what its container writes outside named volumes; a task that exceeds it is ended",
      { unset: 'unset: `10240`' },
    ),
    volumeMebibytes: setting(
      'MUSTER_VOLUME_DISK_MIB',
      mebibyteCount.optional(),
      "maximum MiB of a tenant's named volume on a node; if it is exceeded, the containers that write to the volume are ended",
      { unset: 'unset: `102400`' },
    ),
    volumeFiles: setting(
      'MUSTER_VOLUME_FILES',
      fileCount.optional(),
      "maximum number of files and directories in a tenant's named volume on a node; if it is exceeded, the containers that write to the volume are ended",
      { unset: 'unset: `10000000`' },
    ),
    files: setting(
      'MUSTER_TASK_FILES',
      fileCount.optional(),
      "maximum number of files and directories in a task's working directory and `TMPDIR`, or in the file system of a tenant's container",
      { unset: 'unset: `1000000`' },
    ),
    taskProcesses: setting(
      'MUSTER_TASK_PROCESSES',
      z.coerce.number().int().min(8).max(4_194_304).optional(),
      "maximum number of processes and threads of a tenant's task; if the node cannot count per task, of all tasks of the tenant combined",
      { unset: 'unset: `1024`' },
    ),
  },
  ({ diskMebibytes, volumeMebibytes, volumeFiles, files, tasksOutliveAgent, ...given }) => ({
    ...given,
    taskDisk: limits(DEFAULT_DISK_LIMITS, diskMebibytes, files),
    volumeLimits: limits(DEFAULT_VOLUME_LIMITS, volumeMebibytes, volumeFiles),
    tasksOutliveAgent: tasksOutliveAgent === 'auto' ? undefined : tasksOutliveAgent === 'true',
  }),
);

export interface LogSettings {
  readonly logBounds: LogBounds;
  readonly retention: Retention;
}

export const logSettings = section(
  {
    stream: setting(
      'MUSTER_LOG_STREAM_MIB',
      z.coerce.number().int().min(1).max(1_048_576).optional(),
      'maximum MiB of each log stream of a task on a node ([what is dropped](agent.md))',
      { unset: 'unset: `50`' },
    ),
    perJob: setting(
      'MUSTER_LOG_KEEP_PER_JOB',
      z.coerce.number().int().min(0).max(1000).optional(),
      'number of most recently ended instances of each job, task or service whose logs a node always keeps',
      { unset: 'unset: `3`' },
    ),
    count: setting(
      'MUSTER_LOG_KEEP_COUNT',
      z.coerce.number().int().min(0).max(100_000).optional(),
      'number of other ended instances whose logs a node keeps',
      { unset: 'unset: `200`' },
    ),
    hours: setting(
      'MUSTER_LOG_KEEP_HOURS',
      z.coerce.number().min(0).max(876_000).optional(),
      'how many hours a node keeps those other logs; the most recent logs of each job are kept 30 times as long',
      { unset: 'unset: `24`' },
    ),
    kept: setting(
      'MUSTER_LOG_KEEP_MIB',
      z.coerce.number().int().min(0).max(1_073_741_824).optional(),
      'maximum MiB of ended instances on a node; if it is exceeded, working directories are deleted first, then the oldest logs',
      { unset: 'unset: `2048`' },
    ),
  },
  ({ stream, count, perJob, hours, kept }): LogSettings => {
    const { maxFiles } = DEFAULT_LOG_BOUNDS;
    return {
      logBounds:
        stream === undefined
          ? DEFAULT_LOG_BOUNDS
          : { maxFiles, maxBytes: Math.floor((stream * MEBIBYTE) / maxFiles) },
      retention: {
        count: count ?? DEFAULT_RETENTION.count,
        perJob: perJob ?? DEFAULT_RETENTION.perJob,
        seconds: hours === undefined ? DEFAULT_RETENTION.seconds : hours * SECONDS_PER_HOUR,
        bytes: kept === undefined ? DEFAULT_RETENTION.bytes : kept * MEBIBYTE,
      },
    };
  },
);

function limits(standard: DiskLimits, mebibytes: number | undefined, files: number | undefined): DiskLimits {
  return {
    bytes: mebibytes === undefined ? standard.bytes : mebibytes * MEBIBYTE,
    files: files ?? standard.files,
  };
}
