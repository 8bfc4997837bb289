import { canonicalJson } from '../../kernel/canonical.js';
import { ContentNamespace } from '../../kernel/content-uuid.js';
import { withoutChoice } from './chosen-image.js';
import type { JobSpecification, Task, TaskGroup } from './specification.js';

const CONSTRAINTS = new ContentNamespace('8a3f1f5e-91c6-5c0e-b2ab-5a4a0e1f7c44');
const GROUPS = new ContentNamespace('0b0a6bdc-0e43-58d6-93e2-0a2b0f8a6c37');
/** Cached by object, because all groups of a specification share its constraints. */
const digests = new WeakMap<object, string>();

/**
 * Returns a UUIDv5 of the job's constraints and of what the group runs: everything except `count`, `update`, pinned images and the policies, which are
 * `restart`, `reschedule`, `lost`, `kill_timeout` and `max_run_seconds`. Groups with equal identities are the same work, so an update keeps their
 * allocations.
 */
export function groupIdentity(
  {
    count: _count,
    update: _update,
    reschedule: _reschedule,
    restart: _restart,
    lost: _lost,
    ...kept
  }: TaskGroup,
  constraints: JobSpecification['constraints'],
): string {
  return GROUPS.of({ ...kept, tasks: kept.tasks.map(withoutPolicies) }, constraintsDigest(constraints));
}

/**
 * Returns the policies that the scheduler applies to a group, as text, or an empty string if there are none. Groups with equal policies that are the same
 * work (`groupIdentity`) differ at most in `count`, `update`, `reschedule` and pinned images.
 */
export function policiesOf({ restart, lost, tasks }: TaskGroup): string {
  const limits = tasks.flatMap(({ kill_timeout, max_run_seconds }, task) =>
    kill_timeout === undefined && max_run_seconds === undefined
      ? []
      : { task, kill_timeout, max_run_seconds },
  );
  if (restart === undefined && lost === undefined && limits.length === 0) return '';
  return canonicalJson({ restart, lost, limits });
}

function withoutPolicies(task: Task): Task {
  const { kill_timeout: _kill, max_run_seconds: _limit, ...rest } = withoutChoice(task);
  return rest;
}

export function constraintsDigest(constraints: JobSpecification['constraints']): string {
  if (constraints === undefined) return '';
  let digest = digests.get(constraints);
  if (digest === undefined)
    digests.set(
      constraints,
      (digest = Object.keys(constraints).length === 0 ? '' : CONSTRAINTS.of(constraints)),
    );
  return digest;
}
