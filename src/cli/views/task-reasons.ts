import type { Tasks } from '../client.js';

type RunReason = NonNullable<Tasks['TaskRun']['reason']>;
type SkipReason = NonNullable<Tasks['TaskSlot']['reason']>;

/** Why a run is as it is, and what to do about it. */
const OF_RUNS: Readonly<Record<RunReason, string>> = {
  requested: 'somebody cancelled it',
  replaced: 'a newer slot came while it was unfinished, and the task says concurrency: replace',
  deleted: 'its task was deleted',
  exited: 'it ended by itself, and said that it failed',
  timeout: 'it ran longer than the timeout_seconds of its task, and was stopped',
  not_started: 'its worker could not start it',
  secret_missing: 'it names a secret that its tenant does not have: muster secret list',
  secrets_too_large: 'its values, those of its secrets included, are larger than a run may have',
  worker_lost: 'its worker was lost while it ran, and it may not be placed again (on_lost, at most three times)',
  stopped_by_operator: 'an operator stopped its job',
  not_due: 'its moment has not come: a pause before the next attempt, or a jitter',
  no_worker_online: 'no worker is online: muster worker list',
  no_suitable_worker: 'no worker that is online and enabled has all the tags that its task asks for, and its executor: muster worker list',
  worker_shares_its_user:
    'on the workers that would suit it would run as the agent’s own user, who reads what other tenants run: run the agent as root, or set MUSTER_TENANTS_SHARE_AGENT_USER=true',
  worker_shares_its_tmp:
    'on the workers that would suit processes of tenants share /tmp and /dev/shm: give the agent CAP_SYS_ADMIN, or set MUSTER_TENANTS_SHARE_TMP=true',
  worker_reaches_open_store:
    'on the workers that would suit it would reach a store of Muster, or its NATS, that asks for no credentials (exec.open_stores of muster node status ID): give that users and passwords, or a network that workers are not on, or set MUSTER_TENANTS_REACH_OPEN_STORES=true',
  too_large_for_any_worker: 'no worker is as large as the resources of its task: muster worker show ID',
  over_quota: 'a quota of the tenant or of the account is used up: muster quota show',
  waiting_for_capacity: 'the workers that suit are full: it begins when something there ends',
  being_placed: 'a worker is being looked for',
  starting: 'its worker has been told, and has not said that it runs',
};

/** Why a slot, or the end of another task, has no run. */
const OF_SLOTS: Readonly<Record<SkipReason, string>> = {
  paused: 'the task was paused',
  disabled: 'the task was disabled',
  forbidden: 'a run before it was unfinished, and the task says concurrency: forbid',
  missed: 'nobody decided it in time: a server was down, or a newer slot was due too',
  too_many: '1,000 runs of the task were unfinished',
  not_permitted: 'who made the task may not run processes any more: muster user grant NAME',
  no_environment: 'the environment that it runs in is not there',
  over_quota: 'a quota of its account or tenant was used up: muster quota show',
};

/** The word, and what it means. */
export function explainRun(reason: RunReason | null): string {
  return reason === null ? '-' : `${reason}: ${OF_RUNS[reason]}`;
}

/** What the words of skipped slots mean, a line each. */
export function explainSkips(reasons: readonly (SkipReason | null)[]): string[] {
  return [...new Set(reasons)].flatMap((reason) => (reason === null ? [] : [`${reason}: ${OF_SLOTS[reason]}`]));
}
