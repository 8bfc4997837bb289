import type { Tasks } from '../shared/client.js';

type RunReason = NonNullable<Tasks['TaskRun']['reason']>;
type SkipReason = NonNullable<Tasks['TaskSlot']['reason']>;

const OF_RUNS: Readonly<Record<RunReason, string>> = {
  requested: 'it was cancelled by a user',
  replaced: 'a newer slot was due before it finished, and the task has concurrency: replace',
  deleted: 'its task was deleted',
  owner_ended: 'the account that owns its task was erased or deactivated',
  exited: 'it exited with a failure',
  expired:
    'it was not placed on a worker within the start_within_seconds of its task, or before the end_at of its schedule',
  timeout: 'it exceeded the timeout_seconds of its task and was stopped',
  not_started: 'its worker could not start it',
  secret_missing: 'it refers to a secret that does not exist: see muster secret list',
  secrets_too_large: 'its values, including secrets, exceed the size limit of a run',
  worker_lost:
    'its worker was lost while it ran, and it may not be placed again (on_lost; at most three times)',
  interrupted:
    'its worker was drained, or no longer has enough capacity, while it ran, and it may not be repeated (on_lost; at most three times)',
  stopped_by_operator: 'an operator stopped its job',
  waiting_for_earlier_run: 'an earlier run of its task is unfinished, and the task has concurrency: queue',
  not_due: 'it is not due yet: it is waiting for the back-off of its next attempt, or for its jitter',
  no_worker_online: 'no worker is online: see muster worker list',
  no_suitable_worker:
    'no online, enabled worker has all required tags and the executor: see muster worker list',
  worker_shares_its_user:
    'on the suitable workers it would run as the agent’s own user, which can read the processes of other tenants: run the agent as root, or set MUSTER_TENANTS_SHARE_AGENT_USER=true',
  worker_shares_its_tmp:
    'on the suitable workers, processes of all tenants share /tmp and /dev/shm: give the agent CAP_SYS_ADMIN, or set MUSTER_TENANTS_SHARE_TMP=true',
  too_large_for_any_worker:
    'no worker is large enough for the resources of its task: see muster worker show ID',
  over_quota:
    'it would exceed a quota of the tenant or account: see muster task why NAME, and muster quota show',
  waiting_for_capacity: 'the suitable workers are full: it starts once enough capacity is free',
  being_placed: 'a worker is being chosen',
  starting: 'it was sent to its worker, which has not reported its start yet',
};

const OF_SLOTS: Readonly<Record<SkipReason, string>> = {
  paused: 'the task was paused',
  disabled: 'the task was disabled',
  forbidden: 'an earlier run was unfinished, and the task has concurrency: forbid',
  missed: 'it was not decided in time: a server was down, or a newer slot was also due',
  too_many: 'the task had 1,000 unfinished runs',
  not_permitted: 'the creator of the task may no longer run processes: see muster user grant NAME',
  no_environment: 'its environment does not exist',
  over_quota: 'a quota of its account or tenant was used up: see muster quota show',
};

/** Returns the reason code and its explanation. */
export function explainRun(reason: RunReason | null): string {
  return reason === null ? '-' : `${reason}: ${OF_RUNS[reason]}`;
}

/** Explains each distinct reason for skipped slots. */
export function explainSkips(reasons: readonly (SkipReason | null)[]): string[] {
  return [...new Set(reasons)].flatMap((reason) =>
    reason === null ? [] : [`${reason}: ${OF_SLOTS[reason]}`],
  );
}
