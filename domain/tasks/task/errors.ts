import { declareErrors } from '../../kernel/errors/index.js';

export const taskErrors = declareErrors({
  MUSTER_E_TASK_NOT_FOUND: { status: 404, template: 'there is no task {taskId}' },
  MUSTER_E_TASK_RUN_NOT_FOUND: { status: 404, template: 'the task {taskId} has no run {run}' },
  MUSTER_E_TASK_NOTICE_NOT_FOUND: { status: 404, template: 'the task {taskId} has no notice {notice}' },
  MUSTER_E_TASK_RUN_NO_LOG: {
    status: 404,
    template: 'there is no log of the run: it has not begun, or its log is kept no more',
    hint: 'Why: muster task why TASK RUN.',
  },
  MUSTER_E_TASK_NOT_YOURS: { status: 403, template: 'You do not have permission to {what} this task' },
  MUSTER_E_TASK_NOT_PERMITTED: {
    status: 403,
    template: 'the account that made the task {taskId} may run no processes on workers any more',
    hint: 'An administrator can grant it: muster user grant NAME.',
  },
  MUSTER_E_TASK_DISABLED: {
    status: 409,
    template: 'the task {taskId} is disabled',
    hint: 'Set its status to active or paused.',
  },
  MUSTER_E_TASK_RUN_ENDED: { status: 409, template: 'the run {run} of the task {taskId} has ended already' },
  MUSTER_E_TASK_TOO_MANY_RUNS: {
    status: 429,
    template: '{waiting} runs of the task {taskId} are unfinished, and more than {most} cannot be',
    hint: 'Wait until some have ended, or cancel some.',
  },
});
