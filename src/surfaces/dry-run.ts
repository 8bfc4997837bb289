import { z } from 'zod';
import { blockedReason, stopReason } from '#domain/scheduling/plan-log/events.js';
import type { DryRun, GroupDryRun, NodeVerdict } from '#domain/scheduling/index.js';
import { whole } from '#src/http/index.js';

const nodeId = z.string().meta({ description: 'Node id', examples: ['node-7'] });
const score = z.number().meta({
  description: '0 to 1: higher for fuller nodes, lower if the job already has allocations on the node',
  examples: [0.42],
});
const step = z.number().int().meta({
  description:
    '1-based step number. Each step starts when everything that was placed before it is healthy. Only service rollouts have several steps',
});
const counts = z.record(z.string(), z.number());

const node = z
  .object({
    node_id: nodeId,
    verdict: z.enum(['fits', 'keeps', 'exhausted', 'filtered']).meta({
      description: "`keeps`: the group's instances remain on the node, and there is no space for another one",
    }),
    kept: z
      .number()
      .int()
      .optional()
      .meta({ description: 'Number of instances of the group that remain on the node' }),
    score: score.optional(),
    reason: z
      .string()
      .optional()
      .meta({ description: 'Why the group does not fit', examples: ['lacks cpu (short by 300)'] }),
  })
  .meta({ id: 'PlannedNode', description: 'A node, from the perspective of the group' });

const looked = z
  .object({
    nodes: z.number().int().meta({ description: 'Number of registered nodes' }),
    fitting: z.number().int().meta({ description: 'Number of nodes on which the group fits' }),
    filtered: counts.meta({ description: 'Number of nodes removed, by filter' }),
    exhausted: counts.meta({ description: 'Number of remaining nodes that lack resources, by dimension' }),
    short: counts.meta({ description: 'Smallest shortfall per dimension' }),
  })
  .meta({ id: 'PlannedNodeCounts', description: 'Node counts before any placement or stop' });

const group = z
  .object({
    task_group: z.string(),
    count: z
      .number()
      .int()
      .meta({ description: 'Desired number of instances; 0 if the job no longer has the group' }),
    kept: z.number().int().meta({ description: 'Number of allocations that remain' }),
    stopped: z.number().int().meta({ description: 'Number of allocations that would be stopped' }),
    stops: z.array(
      z
        .object({ allocation_id: z.string(), node_id: nodeId, reason: stopReason, step })
        .meta({ id: 'PlannedStop', description: 'An allocation that would be stopped' }),
    ),
    placed: z.number().int().meta({ description: 'Number of allocations that would be placed' }),
    placements: z.array(
      z
        .object({
          slot: z.number().int(),
          node_id: nodeId,
          score,
          ports: z.array(z.number().int()).optional().meta({ description: 'Host ports' }),
          after_stops: z.boolean().meta({
            description:
              'Whether it is placed only once the allocations that are stopped in the same step have ended',
          }),
          step,
        })
        .meta({ id: 'PlannedPlacement', description: 'An allocation that would be placed' }),
    ),
    unplaced: z.number().int().meta({
      description: 'Number of allocations that cannot be placed, including those that would follow them',
    }),
    blocked: blockedReason
      .optional()
      .meta({ description: 'Why they cannot be placed, in the same format as in evaluations' }),
    looked: looked.optional().meta({ description: 'Present for the first 16 groups' }),
    nodes: z.array(node).meta({ description: 'Best nodes first, then full ones, then excluded ones' }),
  })
  .meta({ id: 'PlannedGroup', description: 'The plan for a group; each list has at most `limit` items' });

export const plannedGroups = z.array(group).meta({ description: "The scheduler's plan by group" });

export const plannedLimit = whole(0, 1000)
  .default(20)
  .meta({ description: 'Maximum number of nodes, placements and stops per group' });

export function viewDryRun({ groups }: DryRun): z.input<typeof plannedGroups> {
  return groups.map(viewGroup);
}

/** Replaces node names with `#1`, `#2` and so on, consistently, for callers who may not see them. */
export function withoutNodeNames(groups: z.input<typeof plannedGroups>): z.input<typeof plannedGroups> {
  const places = new Map<string, string>();
  const unnamed = <Told extends { node_id: string }>(told: readonly Told[]): Told[] =>
    told.map((each) => {
      const place = places.get(each.node_id) ?? `#${places.size + 1}`;
      places.set(each.node_id, place);
      return { ...each, node_id: place };
    });
  return groups.map((each) => ({
    ...each,
    nodes: unnamed(each.nodes),
    placements: unnamed(each.placements),
    stops: unnamed(each.stops),
  }));
}

function viewGroup({
  name,
  count,
  kept,
  stopped,
  stops,
  placed,
  placements,
  unplaced,
  reason,
  looked: seen,
  nodes,
}: GroupDryRun): z.input<typeof group> {
  return {
    task_group: name,
    count,
    kept,
    stopped,
    placed,
    unplaced,
    stops: stops.map(({ allocationId, nodeId: on, reason: why, step: at }) => ({
      allocation_id: allocationId,
      node_id: on,
      reason: why,
      step: at,
    })),
    placements: placements.map(({ slot, nodeId: on, score: reached, ports, afterStops, step: at }) => ({
      slot,
      node_id: on,
      score: rounded(reached),
      after_stops: afterStops,
      step: at,
      ...(ports !== undefined && { ports: [...ports] }),
    })),
    ...(reason !== undefined && { blocked: reason }),
    ...(seen !== undefined && {
      looked: {
        nodes: seen.nodes,
        fitting: seen.fitting,
        filtered: seen.filtered,
        exhausted: seen.exhausted,
        short: seen.short,
      },
    }),
    nodes: nodes.map(viewNode),
  };
}

function viewNode(look: NodeVerdict): z.input<typeof node> {
  const reason = reasonOf(look);
  return {
    node_id: look.nodeId,
    verdict: look.verdict,
    ...(look.kept !== undefined && { kept: look.kept }),
    ...(look.score !== undefined && { score: rounded(look.score) }),
    ...(reason !== undefined && { reason }),
  };
}

function reasonOf({ filter, short, kept }: NodeVerdict): string | undefined {
  if (filter !== undefined) return `removed by ${filter}`;
  if (short === undefined) return undefined;
  const another = kept === undefined ? '' : `has ${kept} of its instances; for one more it `;
  return `${another}lacks ${Object.entries(short)
    .map(([dimension, by]) => `${dimension} (short by ${by})`)
    .join(', ')}`;
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
