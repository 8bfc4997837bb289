import { quotaMessage } from '../accounts/quota/index.js';
import { plural } from '../kernel/plural.js';
import { fitsNoNode } from '../scheduling/plan-log/blocked-nodes.js';
import type { BlockedReason, BlockedReasons } from '../scheduling/plan-log/events.js';
import { LOST_ALLOCATIONS } from '../scheduling/plan-log/lost-allocations.js';
import { RESERVED } from '../scheduling/plan-log/reserved.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '../kernel/resources.js';
import { healthySince, type WorkSlot, type WorkView } from './view.js';

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

/** Returns why an instance failed permanently or used up its restarts, or undefined if none did. */
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

export function healthyMessage(count: number): string {
  return count === 1 ? 'The instance is healthy.' : `All ${count} instances are healthy.`;
}

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

/** Messages for states and missing capabilities, which users never requested by name. */
const CAPABILITY_MESSAGES: Readonly<Record<string, string>> = {
  unschedulable: 'down, draining, ineligible or not admitted yet',
  [`attribute ${ASSIGNS_PORTS}`]: 'Docker is not ready, or the agent does not publish ports',
  [`attribute ${MOUNTS_VOLUMES}`]: 'Docker is not ready, or the agent does not mount volumes',
};

export function waitingSentence(blocked: BlockedReasons, group: string): string {
  const reason = blocked[group];
  const isNode = reason?.quota === undefined || fitsNoNode(reason);
  return `It waits${isNode ? ' for a node' : ''}: ${waitingReason(blocked, group)}.`;
}

export function waitingReason(blocked: BlockedReasons, group: string): string {
  const reason = blocked[group];
  if (reason === undefined) return 'no reason is known';
  if (reason.quota === undefined) return nodeReason(reason);
  // A larger quota would not help a group that no node can ever take.
  return fitsNoNode(reason)
    ? `${nodeReason(reason)}; it would exceed a quota, too: ${quotaMessage(reason.quota)}`
    : quotaMessage(reason.quota);
}

function nodeReason(reason: BlockedReason): string {
  if (reason.nodes === 0) return 'there are no nodes';
  const some = (count: number, one: string, many: string): string =>
    `${count} of ${plural(reason.nodes, 'node')} ${count === 1 ? one : many}`;
  const filtered = Object.entries(reason.filtered).map(([filter, count]) =>
    CAPABILITY_MESSAGES[filter] === undefined
      ? (boundElsewhere(reason, filter) ??
        some(count, `is ruled out by ${filter}`, `are ruled out by ${filter}`))
      : `${count} of ${plural(reason.nodes, 'node')}: ${CAPABILITY_MESSAGES[filter]}`,
  );
  const lacking = Object.entries(reason.exhausted).map(([what, count]) => {
    if (what === LOST_ALLOCATIONS)
      return `${count} of ${plural(reason.nodes, 'node')} may still run allocations that were lost with ${count === 1 ? 'it' : 'them'}`;
    const reserved = 'reserved for a job that has waited longer or has a higher priority';
    if (what === RESERVED) return some(count, `is ${reserved}`, `are ${reserved}`);
    const volume = /^volume (?:.*\.)?([^.]+)$/.exec(what)?.[1];
    return volume === undefined
      ? some(count, `lacks ${what}`, `lack ${what}`)
      : `its volume ${volume} is still in use`;
  });
  return [...filtered, ...lacking].join(', ') || 'no node has enough free capacity';
}

/** Returns how to go on if the node that has the volume is not available, or undefined if the volume itself is not what is waited for. */
function boundElsewhere({ filtered, exhausted, volumes }: BlockedReason, filter: string): string | undefined {
  const name = filter.startsWith('volume ') ? filter.slice('volume '.length) : '';
  const node = volumes?.[name];
  const waits = node !== null && node !== undefined && Object.keys(exhausted).length === 0;
  if (!waits || (filtered['unschedulable'] === undefined && Object.keys(filtered).length > 1))
    return undefined;
  return `its volume ${name} is on node ${node}, which takes no work. If that node has lost its agent directory, start its agent with MUSTER_NODE_ID=${node}; if the data is on another node, run muster volume rebind ${name} --node NODE`;
}
