import { usableDevices, type NodeDevice } from '../../nodes/devices.js';
import { SLOTS, type NodeAttributes } from '../../kernel/resources.js';
import type { Resources } from '../../jobs/job/specification.js';

export interface Cause {
  readonly correlationId: string;
  readonly causationId: string;
}

export interface NodeFacts {
  readonly nodeId: string;
  readonly epoch: number;
  readonly ipAddress: string;
  readonly resources: Readonly<Record<string, number>>;
  readonly attributes: NodeAttributes;
  readonly drivers: readonly string[];
  readonly healthy: boolean;
  readonly down: boolean;
  readonly draining: boolean;
  /** Until when a draining node keeps allocations that may not be repeated, in milliseconds since the epoch. Absent: it keeps none. */
  readonly drainUntil?: number | undefined;
  readonly eligible: boolean;
  /** What the node claimed when an operator last made it eligible. */
  readonly confirmed?: Readonly<Record<string, number>>;
  readonly slots?: number;
  readonly tags?: readonly string[];
}

export interface AdmittedNode {
  readonly epoch: number;
  readonly resources: Resources;
  readonly schedulable: boolean;
  readonly devices?: readonly NodeDevice[] | undefined;
}

export const DEFAULT_DRIVERS: readonly string[] = ['docker', 'exec'];
/** Limited, because GPU devices are tracked individually. */
export const MAX_GPU_DEVICES = 1024;
const MAX_DIMENSIONS = 32;
const DIMENSION = /^[a-z][a-z0-9_]{0,63}$/;

export function isSchedulable(facts: NodeFacts): boolean {
  return facts.healthy && !facts.down && !facts.draining && facts.eligible;
}

export function admissibleResources(registered: Readonly<Record<string, number>>): Resources {
  const leading = ['cpu', 'memory', 'gpus', SLOTS];
  const names = Object.keys(registered).filter((name) => DIMENSION.test(name));
  const ordered = [
    ...leading.filter((name) => names.includes(name)),
    ...names.filter((name) => !leading.includes(name)).sort(),
  ].slice(0, MAX_DIMENSIONS);
  return Object.fromEntries(ordered.map((name) => [name, wholeAmount(name, registered[name] ?? 0)]));
}

function wholeAmount(name: string, amount: number): number {
  const most = name === 'gpus' ? MAX_GPU_DEVICES : Number.MAX_SAFE_INTEGER;
  return Math.min(most, Math.floor(Math.max(0, amount)));
}

export function toAdmit(
  facts: NodeFacts,
): Omit<AdmittedNode, 'devices'> & { readonly devices?: NodeDevice[] } {
  const devices = admissibleDevices(facts);
  return {
    epoch: facts.epoch,
    resources: admissibleOf(facts),
    schedulable: isSchedulable(facts),
    ...(devices !== undefined && { devices: [...devices] }),
  };
}

function admissibleDevices({ attributes }: NodeFacts): readonly NodeDevice[] | undefined {
  return usableDevices(attributes)?.filter(({ index }) => index < MAX_GPU_DEVICES);
}

export function isAdmitted(facts: NodeFacts, admitted: AdmittedNode | undefined): boolean {
  if (
    admitted === undefined ||
    admitted.epoch !== facts.epoch ||
    admitted.schedulable !== isSchedulable(facts)
  )
    return false;
  return (
    sameResources(admitted.resources, admissibleOf(facts)) &&
    sameDevices(admitted.devices, admissibleDevices(facts))
  );
}

function sameDevices(
  one: readonly NodeDevice[] | undefined,
  other: readonly NodeDevice[] | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.length === other.length &&
    one.every(({ index, uuid }, place) => other[place]?.index === index && other[place].uuid === uuid)
  );
}

function admissibleOf({ resources, slots }: NodeFacts): Resources {
  return admissibleResources(slots === undefined ? resources : { ...resources, [SLOTS]: slots });
}

export function sameResources(one: Resources, other: Resources): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}
