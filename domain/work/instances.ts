import { quotaMessage } from '../accounts/quota/index.js';
import type { BlockedReasons } from '../scheduling/plan-log/events.js';
import { LOST_ALLOCATIONS } from '../scheduling/plan-log/lost-allocations.js';
import { RESERVED } from '../scheduling/plan-log/reserved.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '../kernel/resources.js';
import { healthySince, type WorkSlot, type WorkView } from './view.js';

/** Returns since when the instance in each of the first `slots` slots is healthy, in milliseconds since the epoch; null: it is not. */
export function healthySinceBySlot({ groups }: WorkView, group: string, slots: number): (number | null)[] {
  return Array.from({ length: slots }, (_, number) => {
    const slot = groups[group]?.slots[number] ?? null;
    const since = slot === null ? null : healthySince(slot);
    return since === null ? null : since * 1000;
  });
}

export function slotsOf({ groups }: Pick<WorkView, 'groups'>, group: string): WorkSlot[] {
  return (groups[group]?.slots ?? []).filter((slot) => slot !== null);
}

/** Returns why an instance failed for good, or used up its restarts; undefined: none did. */
export function failureOf(work: WorkView, group: string): string | undefined {
  const failed = slotsOf(work, group).find(
    (slot) => (slot.final && slot.released !== 'complete') || slot.rescheduled === true,
  );
  return failed && `An instance failed: ${messageOf(failed)}`;
}

function messageOf(slot: WorkSlot): string {
  const task = Object.values(slot.tasks).find(({ status }) => status === 'failed');
  return task?.error ?? task?.message ?? slot.message ?? slot.released ?? 'no reason is known';
}

/** Message of a deployment whose instances are all healthy. */
export function healthyMessage(count: number): string {
  return count === 1 ? 'The instance is healthy.' : `All ${count} instances are healthy.`;
}

/** Returns why not all instances are healthy. */
export function unhealthyReason(work: WorkView, group: string): string {
  if (work.blocked?.[group] !== undefined) return waitingSentence(work.blocked, group);
  const slots = slotsOf(work, group);
  if (slots.length === 0) return 'Nothing was placed.';
  const ill = slots.find((slot) => healthySince(slot) === null) ?? slots[0]!;
  const said = Object.values(ill.tasks).flatMap(
    ({ healthMessage, error, message }) => healthMessage ?? error ?? message ?? [],
  );
  return said[0] === undefined
    ? ill.ran
      ? 'It is running but not healthy.'
      : 'It has not started.'
    : `Last message: ${said[0]}`;
}

/** Messages for missing capabilities, which users never requested by name. */
const CAPABILITY_MESSAGES: Readonly<Record<string, string>> = {
  [`attribute ${ASSIGNS_PORTS}`]: 'no Docker engine that is ready, or an agent that publishes no ports',
  [`attribute ${MOUNTS_VOLUMES}`]: 'no Docker engine that is ready, or an agent that mounts no volumes',
};

export function waitingSentence(blocked: BlockedReasons, group: string): string {
  return `It waits${blocked[group]?.quota === undefined ? ' for a node' : ''}: ${waitingReason(blocked, group)}.`;
}

/** Returns why a group cannot be placed: filters and missing resources. */
export function waitingReason(blocked: BlockedReasons, group: string): string {
  const reason = blocked[group];
  if (reason === undefined) return 'no reason is known';
  if (reason.quota !== undefined) return quotaMessage(reason.quota);
  if (reason.nodes === 0) return 'there is no node';
  const filtered = Object.entries(reason.filtered).map(
    ([filter, nodes]) => `${nodes} of ${reason.nodes} nodes: ${CAPABILITY_MESSAGES[filter] ?? filter}`,
  );
  const lacking = Object.entries(reason.exhausted).map(([what, nodes]) => {
    if (what === LOST_ALLOCATIONS)
      return `${nodes} of ${reason.nodes} nodes may still run what was lost with them`;
    if (what === RESERVED)
      return `${nodes} of ${reason.nodes} nodes are reserved for a job that has waited longer or has a higher priority`;
    const volume = /^volume (?:.*\.)?([^.]+)$/.exec(what)?.[1];
    return volume === undefined
      ? `${nodes} of ${reason.nodes} nodes lack ${what}`
      : `its volume ${volume} is still in use`;
  });
  return [...filtered, ...lacking].join(', ') || 'no node has room';
}
