import { canonicalJson } from '../../kernel/canonical.js';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import { withoutChoice } from './chosen-image.js';
import type { JobSpecification, Task, TaskGroup } from './specification.js';

const CONSTRAINTS = new UuidNamespace('8a3f1f5e-91c6-5c0e-b2ab-5a4a0e1f7c44');
const GROUPS = new UuidNamespace('0b0a6bdc-0e43-58d6-93e2-0a2b0f8a6c37');
/** Many jobs have identical groups, so results are cached by the group's JSON. */
const CACHED_TEXTS = 1000;
const CACHED_TEXT_LENGTH = 2000;
const identities = new Map<string, string>();
/** Cached by object, because all groups of a specification share its constraints. */
const digests = new WeakMap<object, string>();

/** What remains of a group if two groups that differ in nothing else run the same processes. */
type Work = Omit<TaskGroup, 'count' | 'update' | 'reschedule' | 'restart' | 'lost'>;

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
  return digestOf({ ...kept, tasks: kept.tasks.map(withoutPolicies) }, constraints);
}

/** Returns a UUIDv5 like {@link groupIdentity}, which also differs where a policy does that the scheduler applies. */
export function policyIdentity(
  { count: _count, update: _update, reschedule: _reschedule, ...kept }: TaskGroup,
  constraints: JobSpecification['constraints'],
): string {
  return digestOf({ ...kept, tasks: kept.tasks.map(withoutChoice) }, constraints);
}

function withoutPolicies(task: Task): Task {
  const { kill_timeout: _kill, max_run_seconds: _limit, ...rest } = withoutChoice(task);
  return rest;
}

function digestOf(work: Work, constraints: JobSpecification['constraints']): string {
  const digest = constraintsDigest(constraints);
  const text = JSON.stringify(work) + digest;
  let identity = identities.get(text);
  if (identity === undefined) {
    identity = GROUPS.of(canonicalJson(work) + digest);
    if (identities.size >= CACHED_TEXTS) identities.clear();
    if (text.length <= CACHED_TEXT_LENGTH) identities.set(text, identity);
  }
  return identity;
}

export function constraintsDigest(constraints: JobSpecification['constraints']): string {
  if (constraints === undefined) return '';
  let digest = digests.get(constraints);
  if (digest === undefined)
    digests.set(
      constraints,
      (digest = Object.keys(constraints).length === 0 ? '' : CONSTRAINTS.of(canonicalJson(constraints))),
    );
  return digest;
}
