import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Checker } from '../checks/checker.js';
import type { Drivers } from '../drivers/drivers.js';
import type { Journal } from '../journal/journal.js';
import type { AgentLog } from '../log.js';

export interface RunnerParts {
  readonly nodeId: string;
  readonly drivers: Drivers;
  readonly journal: Journal;
  readonly checker: Checker;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly directory: string;
  /** Returns the name of a GPU for drivers. Default: its number. */
  readonly deviceName?: (number: number) => string;
  readonly onChange: () => void;
  readonly life: AbortSignal;
}
