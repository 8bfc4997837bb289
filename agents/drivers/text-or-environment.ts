import type { Text } from '#domain/drivers/index.js';
import { TaskStartError, type TaskSpec } from './driver.js';

export function textOrEnvironment(text: Text, { task }: Pick<TaskSpec, 'task'>): string {
  if (typeof text === 'string') return text;
  const value = task.env?.[text.env];
  if (value === undefined)
    throw new TaskStartError(`its config refers to the variable ${text.env}, which is not in its env`);
  return value;
}
