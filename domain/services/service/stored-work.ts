import type { Task } from '../../jobs/job/specification.js';
import { MAX_REPEATED_TEXT, type StoredInService } from '../../jobs/job/stored-in.js';
import type { RecordedVersion } from './state.js';

const PROGRAM_FIELDS = ['command', 'args'] as const;

/** Replaces long strings in a task of this version with references to the version's event. Returns the same object if there are none. */
export function withoutStoredTexts(task: Task, { event }: Pick<RecordedVersion, 'event'>): Task {
  const isProgramLong = PROGRAM_FIELDS.some((field) => isLong(task.config[field])) || isLong(task.checks);
  const isEnvironmentLong = isLong(task.sealed_env);
  if (!isProgramLong && !isEnvironmentLong) return task;
  const { sealed_env: environment, ...open } = task;
  const stored: StoredInService = {
    service: event.service,
    ...(isEnvironmentLong && { environment: event.revision }),
    ...(isProgramLong && { program: event.revision }),
  };
  return {
    ...(isProgramLong ? withoutProgram(open) : open),
    ...(environment !== undefined && !isEnvironmentLong && { sealed_env: environment }),
    stored_in: stored,
  };
}

/** Inserts what {@link withoutStoredTexts} removed from the program. `stored` is the task in the version's event. */
export function withStoredTexts(task: Task, stored: Pick<Task, 'config' | 'checks'>): Task {
  const { checks } = stored;
  return {
    ...task,
    config: { ...stored.config, ...task.config },
    ...(task.checks === undefined && checks !== undefined && { checks }),
  };
}

function withoutProgram({ config, checks, ...task }: Omit<Task, 'sealed_env'>): Omit<Task, 'sealed_env'> {
  const short = Object.entries(config).filter(([field, value]) => !isProgramField(field) || !isLong(value));
  return {
    ...task,
    config: Object.fromEntries(short),
    ...(checks !== undefined && !isLong(checks) && { checks }),
  };
}

function isProgramField(field: string): boolean {
  return PROGRAM_FIELDS.some((each) => each === field);
}

function isLong(value: unknown): boolean {
  if (value === undefined) return false;
  return (typeof value === 'string' ? value : JSON.stringify(value)).length > MAX_REPEATED_TEXT;
}
