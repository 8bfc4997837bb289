import { z } from 'zod';
import { commaSeparated, flag, numberRange } from '#domain/kernel/settings/kinds.js';
import { section, setting } from '#domain/kernel/settings/section.js';
import { LOG_ID } from '#domain/protocol/index.js';
import type { DiskLimits } from '../drivers/disk-watch.js';
import type { LogBounds } from '../logs/rotated-log.js';
import type { Retention } from './retention.js';

const MEBIBYTE = 1_048_576;
const SECONDS_PER_HOUR = 3600;
/** Number of files that a log stream is divided into. The oldest one is dropped first. */
const LOG_FILES = 5;

const uidRange = numberRange(10, 'user ids', '200000-265535').refine(
  ({ first, last }) => first > 0 && first <= last && last < 4_294_967_295,
  'must be two numbers above 0, the smaller one first',
);

const formerLogs = commaSeparated
  .transform((ids) => ids.map((id) => id.replace(/^muster\//, '').replace(/\/\d+$/, '')))
  .pipe(z.array(z.string().regex(LOG_ID, 'must be ids of logs, each 32 hexadecimal digits')));

const fileCount = z.coerce.number().int().min(100).max(4_294_967_295);
const mebibyteCount = z.coerce.number().int().min(1).max(1_073_741_824);

export const taskSettings = section(
  {
    taskUids: setting(
      'MUSTER_TASK_UIDS',
      uidRange.prefault('200000-265535'),
      "user ids for tenants' processes if the agent is root; no user of the host may use any of them",
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
    tasksOutliveAgent: setting(
      'MUSTER_TASKS_OUTLIVE_AGENT',
      z.enum(['auto', 'true', 'false']).default('auto'),
      'whether processes keep running when their agent ends: `true`, `false` or `auto`. With `auto` they end if the agent is the first process of a container, or if the container ends with it',
    ),
    foreignContainers: setting(
      'MUSTER_FOREIGN_CONTAINERS',
      z.enum(['keep', 'end']).default('keep'),
      'what an agent does with containers on its Docker daemon that Muster started for another node id, or for another log, such as those of a lost agent directory: `keep` (and report them) or `end` (remove them, and the networks; volumes are kept). Set `end` only if no other agent uses the daemon ([details](agent.md#containers-of-another-node-id))',
    ),
    formerLogs: setting(
      'MUSTER_FORMER_LOGS',
      formerLogs.optional(),
      "ids of other logs, separated by commas: what agents made for this node id and these logs is this agent's. It mounts the volumes, and ends the containers and processes. `muster tlog status` prints the id of a log ([details](agent.md#containers-of-another-node-id))",
    ),
    diskMebibytes: setting(
      'MUSTER_TASK_DISK_MIB',
      mebibyteCount.default(10_240),
      "maximum MiB of a tenant's task: its working directory and `TMPDIR`, what its container writes outside named volumes, or a conda build; a task that exceeds it is ended",
    ),
    volumeMebibytes: setting(
      'MUSTER_VOLUME_DISK_MIB',
      mebibyteCount.default(102_400),
      "maximum MiB of a tenant's named volume on a node; if it is exceeded, the containers that write to the volume are ended",
    ),
    volumeFiles: setting(
      'MUSTER_VOLUME_FILES',
      fileCount.default(10_000_000),
      "maximum number of files and directories in a tenant's named volume on a node; if it is exceeded, the containers that write to the volume are ended",
    ),
    files: setting(
      'MUSTER_TASK_FILES',
      fileCount.default(1_000_000),
      "maximum number of files and directories in a task's working directory and `TMPDIR`, in the file system of a tenant's container, or in a conda build",
    ),
    taskProcesses: setting(
      'MUSTER_TASK_PROCESSES',
      z.coerce.number().int().min(8).max(4_194_304).default(1024),
      "maximum number of processes and threads of a tenant's task; if the node cannot count per task, of all tasks of the tenant combined",
    ),
  },
  ({ diskMebibytes, volumeMebibytes, volumeFiles, files, tasksOutliveAgent, ...given }) => ({
    ...given,
    taskDisk: { bytes: diskMebibytes * MEBIBYTE, files } satisfies DiskLimits,
    volumeLimits: { bytes: volumeMebibytes * MEBIBYTE, files: volumeFiles } satisfies DiskLimits,
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
      z.coerce.number().int().min(1).max(1_048_576).default(50),
      'maximum MiB of each log stream of a task on a node ([what is dropped](agent.md))',
    ),
    perJob: setting(
      'MUSTER_LOG_KEEP_PER_JOB',
      z.coerce.number().int().min(0).max(1000).default(3),
      'number of most recently ended instances of each job, task or service whose logs a node always keeps',
    ),
    count: setting(
      'MUSTER_LOG_KEEP_COUNT',
      z.coerce.number().int().min(0).max(100_000).default(200),
      'number of other ended instances whose logs a node keeps',
    ),
    hours: setting(
      'MUSTER_LOG_KEEP_HOURS',
      z.coerce.number().min(0).max(876_000).default(24),
      'how many hours a node keeps those other logs; the most recent logs of each job are kept 30 times as long',
    ),
    kept: setting(
      'MUSTER_LOG_KEEP_MIB',
      z.coerce.number().int().min(0).max(1_073_741_824).default(2048),
      'maximum MiB of ended instances on a node; if it is exceeded, working directories are deleted first, then the oldest logs',
    ),
  },
  ({ stream, count, perJob, hours, kept }): LogSettings => ({
    logBounds: { maxFiles: LOG_FILES, maxBytes: Math.floor((stream * MEBIBYTE) / LOG_FILES) },
    retention: { count, perJob, seconds: hours * SECONDS_PER_HOUR, bytes: kept * MEBIBYTE },
  }),
);
