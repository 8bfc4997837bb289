import type { RunningScheduler } from '#src/fleet/scheduler/index.js';
import type { Closing } from './closing.js';
import type { EventLog } from './event-log.js';
import type { Log } from './log.js';
import type { Settings } from './settings/settings.js';
import type { ReadSide } from './read-side.js';

export interface StartedThreads {
  readonly settings: Settings;
  readonly directory: string;
  readonly log: Log;
  readonly closing: Closing;
  readonly events: EventLog;
  readonly views: ReadSide;
  readonly schedulers: readonly RunningScheduler[];
}
