import { canonicalJson } from '../canonical.js';
import { UuidNamespace } from '../name-uuid.js';
import { withoutChoice } from './chosen-image.js';
import type { JobSpecification, TaskGroup } from './specification.js';

const CONSTRAINTS = new UuidNamespace('8a3f1f5e-91c6-5c0e-b2ab-5a4a0e1f7c44');
const GROUPS = new UuidNamespace('0b0a6bdc-0e43-58d6-93e2-0a2b0f8a6c37');
/** Many jobs have the same groups, written alike: a pure cache, by the text as it came. */
const CACHED_TEXTS = 1000;
const CACHED_TEXT_LENGTH = 2000;
const identities = new Map<string, string>();
/** By the object that a specification has: its groups ask one after the other. */
const digests = new WeakMap<object, string>();

/**
 * Says whether two groups are the same work: a UUIDv5 of all of the group but its `count`, `update`, `reschedule` and which images were chosen, together
 * with the job's constraints. An update keeps the allocations of a group whose identity it does not change.
 */
export function groupIdentity(group: TaskGroup, constraints: JobSpecification['constraints']): string {
  const { count: _count, update: _update, reschedule: _reschedule, ...kept } = group;
  const compared = kept.tasks.some((task) => withoutChoice(task) !== task) ? { ...kept, tasks: kept.tasks.map(withoutChoice) } : kept;
  const digest = constraintsDigest(constraints);
  const text = JSON.stringify(compared) + digest;
  let identity = identities.get(text);
  if (identity === undefined) {
    identity = GROUPS.of(canonicalJson(compared) + digest);
    if (identities.size >= CACHED_TEXTS) identities.clear();
    if (text.length <= CACHED_TEXT_LENGTH) identities.set(text, identity);
  }
  return identity;
}

/** Equal for equal constraints of a job; empty for none. */
export function constraintsDigest(constraints: JobSpecification['constraints']): string {
  if (constraints === undefined) return '';
  let digest = digests.get(constraints);
  if (digest === undefined) digests.set(constraints, (digest = Object.keys(constraints).length === 0 ? '' : CONSTRAINTS.of(canonicalJson(constraints))));
  return digest;
}
