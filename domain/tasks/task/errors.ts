import { declareErrors } from '../../kernel/errors/index.js';

export const taskErrors = declareErrors({
  MUSTER_E_TASK_NOT_FOUND: { status: 404, template: 'there is no task {taskId}' },
  MUSTER_E_TASK_RUN_NOT_FOUND: { status: 404, template: 'task {taskId} has no run {run}' },
  MUSTER_E_TASK_NOTICE_NOT_FOUND: { status: 404, template: 'task {taskId} has no notification {notice}' },
  MUSTER_E_TASK_RUN_NO_LOG: {
    status: 404,
    template: 'the run has no log: it has not started, or its log was removed',
    hint: 'To see why: muster task why TASK RUN.',
  },
  MUSTER_E_TASK_ATTEMPT_NOT_FOUND: {
    status: 404,
    template: 'run {run} of task {taskId} has no attempt {attempt}',
    hint: 'To list its attempts: muster task why TASK RUN.',
  },
  MUSTER_E_TASK_NOT_YOURS: { status: 403, template: 'You do not have permission to {what} this task' },
  MUSTER_E_TASK_NOT_PERMITTED: {
    status: 403,
    template: 'the account that created task {taskId} may no longer run processes on workers',
    hint: 'An administrator can grant this right: muster user grant NAME.',
  },
  MUSTER_E_TASK_DISABLED: {
    status: 409,
    template: 'task {taskId} is disabled',
    hint: 'Set its status to active or paused.',
  },
  MUSTER_E_TASK_DEPENDENCIES_CHANGING: {
    status: 409,
    template: 'the dependencies of task {taskId} are being changed by another request',
    hint: 'Read the task again, and repeat the change if it is still needed.',
  },
  MUSTER_E_TASK_CHANGED: {
    status: 409,
    template:
      'task {taskId} was changed by another request at the same time; read it again, and repeat the change if it is still needed',
  },
  MUSTER_E_TASK_RUN_ENDED: { status: 409, template: 'run {run} of task {taskId} has already ended' },
  MUSTER_E_TASK_TOO_MANY_RUNS: {
    status: 429,
    template: 'task {taskId} has {waiting:unfinished run}; the limit is {most}',
    hint: 'Wait until some of them have ended, or cancel some.',
  },
});
