import type { z } from 'zod';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { HistoryOutcome } from '#domain/protocol/agent-channel.js';
import type { UsageHistory } from '#domain/protocol/index.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import { wireTime } from '#src/http/index.js';
import type { metricsView, usageView } from './contract/service.js';
import type { Instance } from './instances.js';
import type { ServicesSurface } from './surface.js';

type Metrics = z.input<typeof metricsView>['metrics'];
type Used = z.input<typeof usageView>['instances'][number];

const NOTHING: Metrics = {
  cpu_usage: null,
  memory_usage: null,
  allocation_id: null,
  allocation_status: null,
  node_id: null,
};
const MEBIBYTE = 1_048_576;

/**
 * Returns the usage of an instance, averaged over at most half a minute, or since its start if its agent has no history of it. Undefined if the
 * node does not respond.
 */
export async function metricsOf(
  surface: ServicesSurface,
  instance: Instance | undefined,
): Promise<Metrics | undefined> {
  if (instance === undefined) return NOTHING;
  const { allocationId, nodeId } = instance;
  const now = await newestOf(surface, instance);
  return now && { ...now, allocation_id: allocationId, allocation_status: 'running', node_id: nodeId };
}

async function newestOf(
  surface: ServicesSurface,
  instance: Instance,
): Promise<Pick<Metrics, 'cpu_usage' | 'memory_usage'> | undefined> {
  const { allocationId, nodeId } = instance;
  const { parts } = surface;
  const { points } = await usedBy(surface, instance, 1);
  const newest = points.at(-1);
  if (newest !== undefined) return { cpu_usage: newest.cpu_usage, memory_usage: newest.memory_usage };
  const outcome = await parts.agentChannel.usage(await agentAddressOf(parts.readModels, nodeId));
  if (outcome.kind !== 'found') return undefined;
  const tasks = Object.values(outcome.usage.allocations[allocationId]?.tasks ?? {});
  return used(
    tasks.map(({ cpu_average }) => cpu_average),
    tasks.map(({ memory_average_mb }) => memory_average_mb),
  );
}

/** Returns usage over the last hour. `last`: number of most recent points. If the node does not respond, `problem` is set; nothing is thrown. */
export async function usedBy(
  { parts }: ServicesSurface,
  { allocationId, nodeId, deployment }: Instance,
  last?: number,
): Promise<Used> {
  const at = { deployment, allocation_id: allocationId, node_id: nodeId };
  const outcome = await historyOf(parts, nodeId, allocationId, last);
  if (outcome.kind === 'found') return { ...at, points: pointsOf(outcome.history), problem: null };
  return {
    ...at,
    points: [],
    problem: outcome.kind === 'absent' ? 'The agent has no measurements of it.' : 'The node did not respond.',
  };
}

async function historyOf(
  { readModels, agentChannel }: ServicesSurface['parts'],
  nodeId: string,
  allocationId: string,
  last: number | undefined,
): Promise<HistoryOutcome> {
  try {
    return await agentChannel.usageHistory(await agentAddressOf(readModels, nodeId), allocationId, last);
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_AGENT_UNREACHABLE')) throw error;
    return { kind: 'unknown', problem: error.message };
  }
}

function pointsOf({ tasks }: UsageHistory): Used['points'] {
  const histories = Object.values(tasks).filter((points) => points.length > 0);
  const longest = histories.reduce((most, points) => Math.max(most, points.length), 0);
  return Array.from({ length: longest }, (_, index) => {
    const same = histories.flatMap((points) => points[points.length - longest + index] ?? []);
    return {
      at: wireTime(Math.max(...same.map(({ timestamp }) => timestamp)) * 1000),
      ...used(
        same.map(({ cpu }) => cpu),
        same.map(({ memory_mb }) => memory_mb),
      ),
    };
  });
}

/** Sums tasks and converts units: 1000 per core to percent, MiB to bytes. */
function used(
  cpus: readonly (number | undefined)[],
  memories: readonly (number | undefined)[],
): Pick<Metrics, 'cpu_usage' | 'memory_usage'> {
  const [cpu, memory] = [sum(cpus), sum(memories)];
  return {
    cpu_usage: cpu === null ? null : Math.round(cpu) / 10,
    memory_usage: memory === null ? null : Math.round(memory * MEBIBYTE),
  };
}

function sum(values: readonly (number | undefined)[]): number | null {
  return values.some((value) => value !== undefined)
    ? values.reduce<number>((total, value) => total + (value ?? 0), 0)
    : null;
}
