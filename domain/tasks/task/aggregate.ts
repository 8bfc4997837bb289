import { aggregate, plainState } from '../../kernel/event/index.js';
import { taskDecider } from './decider.js';
import { taskErrors } from './errors.js';
import { taskEvents } from './events.js';
import { TASK_JOBS, taskOfJob } from './identifier.js';
import type { TaskState } from './state.js';

export const tasks = aggregate({
  category: 'task',
  owner: 'tasks',
  events: taskEvents,
  errors: taskErrors,
  jobs: TASK_JOBS,
  counted: { ofJob: taskOfJob },
  decider: taskDecider,
  state: plainState<TaskState>(7),
});
