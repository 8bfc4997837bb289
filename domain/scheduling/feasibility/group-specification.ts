import { constraintsDigest, groupIdentity, policiesOf } from '../../jobs/job/group-identity.js';
import {
  DEFAULT_TASK_RESOURCES,
  type Constraint,
  type JobSpecification,
  type Resources,
  type TaskGroup,
} from '../../jobs/job/specification.js';
import type { RestartPolicy } from '../../jobs/job/restart.js';
import { dynamicPortsOf, hostPortsOf, type DynamicPort } from '../../jobs/job/task-port.js';
import { volumesOf, type VolumeDemand } from '../../jobs/job/volume.js';
import { dockerDriver } from '../../drivers/docker/index.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '../../kernel/resources.js';
import { ContentNamespace } from '../../kernel/content-uuid.js';
import { jobConstraintList } from './constraint.js';

export interface ConstraintSet {
  readonly digest: string;
  readonly list: readonly Constraint[];
}

export interface ShapeData {
  readonly key: string;
  readonly drivers: readonly string[];
  readonly jobConstraints: ConstraintSet;
  readonly constraints: readonly Constraint[];
  readonly resources: Resources;
  readonly ports: readonly number[];
  readonly dynamicPorts?: number;
  readonly capabilities?: readonly string[];
  readonly volumes?: readonly VolumeDemand[];
  readonly gpus: Readonly<Record<string, number>>;
}

export interface GroupIdentity {
  /** Equal for groups with equal data. Includes the job's constraints, and requirements that depend on the owner. */
  readonly identity: string;
  /** Equal for groups that are the same work (`groupIdentity`), whatever their policies are. */
  readonly work: string;
}

export interface GroupData extends GroupIdentity {
  readonly restart?: RestartPolicy;
  readonly lost: 'replace' | 'fail';
  /** Maximum run time of an instance in milliseconds. Absent if not all of its tasks have a time limit, or if it is restarted. */
  readonly maxRunMs?: number;
  readonly dynamicPorts?: readonly DynamicPort[];
}

const SHAPES = new ContentNamespace('4d1f7f0a-5f3b-5a52-8d6e-3f1b6f0f9a20');

export const NO_CONSTRAINTS: ConstraintSet = { digest: '', list: [] };
/** Cached by object, because all groups of a specification share its constraints. */
const sets = new WeakMap<object, ConstraintSet>();

function constraintSetOf(constraints: JobSpecification['constraints']): ConstraintSet {
  const digest = constraintsDigest(constraints);
  if (constraints === undefined || digest === '') return NO_CONSTRAINTS;
  let set = sets.get(constraints);
  if (set === undefined) sets.set(constraints, (set = { digest, list: jobConstraintList(constraints) }));
  return set;
}

export function countOf(group: TaskGroup): number {
  return group.count ?? 1;
}

export function identityOf(group: TaskGroup, constraints: JobSpecification['constraints']): GroupIdentity {
  const work = groupIdentity(group, constraints);
  return { identity: work + policiesOf(group), work };
}

export function groupDataOf(identity: GroupIdentity, group: TaskGroup): GroupData {
  const dynamic = dynamicPortsOf(group.tasks);
  const limits = group.tasks.flatMap(({ max_run_seconds: limit }) => limit ?? []);
  const restarts =
    group.restart !== undefined && (group.restart.attempts > 0 || group.restart.mode === 'delay');
  const isLimited = limits.length === group.tasks.length && !restarts;
  return {
    ...identity,
    lost: group.lost ?? 'replace',
    ...(group.restart === undefined ? {} : { restart: group.restart }),
    ...(dynamic.length === 0 ? {} : { dynamicPorts: dynamic }),
    ...(isLimited && { maxRunMs: Math.max(...limits) * 1000 }),
  };
}

/** Sums resources over the tasks. Missing cpu and memory have defaults. */
export function shapeDataOf(group: TaskGroup, constraints: JobSpecification['constraints']): ShapeData {
  // Uses a Map, because `constructor` is a valid resource name.
  const sums = new Map<string, number>();
  const gpus: Record<string, number> = {};
  for (const task of group.tasks) {
    const taken = { ...DEFAULT_TASK_RESOURCES, ...task.resources };
    for (const [name, amount] of Object.entries(taken)) {
      if (amount === 0) continue;
      sums.set(name, Math.min(Number.MAX_SAFE_INTEGER, (sums.get(name) ?? 0) + amount));
      if (name === 'gpus') gpus[task.name] = amount;
    }
  }
  const jobConstraints = constraintSetOf(constraints);
  const dynamicPorts = dynamicPortsOf(group.tasks).length;
  const volumes = volumesOf(group.tasks);
  // The contract has a field for only one port per task, so third-party agents do not support more.
  const assigns =
    dynamicPorts > 0 ||
    group.tasks.some(
      ({ driver, ports }) => driver === dockerDriver.name && ports !== undefined && ports.length > 1,
    );
  const capabilities = [...(assigns ? [ASSIGNS_PORTS] : []), ...(volumes.length > 0 ? [MOUNTS_VOLUMES] : [])];
  const data = {
    drivers: [...new Set(group.tasks.map(({ driver }) => driver))].sort(),
    constraints: group.constraints ?? [],
    resources: Object.fromEntries(sums),
    ports: group.tasks.flatMap(hostPortsOf),
    gpus,
    ...(dynamicPorts === 0 ? {} : { dynamicPorts }),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(capabilities.length === 0 ? {} : { capabilities }),
  };
  return { key: SHAPES.of(data, jobConstraints.digest), jobConstraints, ...data };
}
