import type { Clock } from '#domain/kernel/ports/clock.js';
import type { MachineBoot } from '../boot-id.js';
import type { Checker } from '../checks/checker.js';
import type { Drivers } from '../drivers/drivers.js';
import type { Journal } from '../journal/journal.js';
import type { AgentLog } from '../platform/log.js';
import type { TaskFolders } from '../task-files.js';

export interface RunnerParts {
  readonly nodeId: string;
  /** Returns the id of the log that new allocations belong to. Default: it is unknown. */
  readonly logId?: (() => string | undefined) | undefined;
  readonly drivers: Drivers;
  readonly journal: Journal;
  readonly checker: Checker;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly boot: MachineBoot;
  readonly directory: string;
  readonly folders: TaskFolders;
  readonly deviceName?: (number: number) => string;
  readonly onChange: () => void;
  readonly life: AbortSignal;
}
