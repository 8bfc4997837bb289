/** Why a run is as it is. Of one that goes on: what it waits for. */
export const RUN_REASONS = [
  'requested',
  'replaced',
  'deleted',
  'exited',
  'timeout',
  'not_started',
  'secret_missing',
  'secrets_too_large',
  'worker_lost',
  'stopped_by_operator',
  'not_due',
  'no_worker_online',
  'no_suitable_worker',
  'worker_shares_its_user',
  'too_large_for_any_worker',
  'over_quota',
  'waiting_for_capacity',
  'being_placed',
  'starting',
] as const;
export type RunReason = (typeof RUN_REASONS)[number];
