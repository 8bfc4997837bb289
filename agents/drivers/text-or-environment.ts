import type { Text } from '#domain/drivers/index.js';
import { TaskStartError, type TaskSpec } from './driver.js';

/** The text that a task's `config` gives: its own, or the value of the variable that it names. */
export function textOrEnvironment(text: Text, { task }: Pick<TaskSpec, 'task'>): string {
  if (typeof text === 'string') return text;
  const value = task.env?.[text.env];
  if (value === undefined) throw new TaskStartError(`its config names the variable ${text.env}, which its env does not have`);
  return value;
}
