import type { z } from 'zod';
import { addressOf } from '#src/surfaces/kit/index.js';
import type { metricsView } from './contract/service.js';
import type { Instance } from './instances.js';
import type { ServicesSurface } from './surface.js';

type Metrics = z.input<typeof metricsView>['metrics'];

const NOTHING: Metrics = { cpu_usage: null, memory_usage: null, allocation_id: null, allocation_status: null, node_id: null };
const MEGABYTE = 1_000_000;

/** What an instance uses, by its node's word; `undefined` given: nothing runs. Undefined back: its node did not say. */
export async function metricsOf({ parts }: ServicesSurface, instance: Instance | undefined): Promise<Metrics | undefined> {
  if (instance === undefined) return NOTHING;
  const { allocationId, nodeId } = instance;
  const outcome = await parts.agentChannel.usage(await addressOf(parts.readModels, nodeId));
  if (outcome.kind !== 'found') return undefined;
  const tasks = Object.values(outcome.usage.allocations[allocationId]?.tasks ?? {});
  const sum = (values: readonly (number | undefined)[]): number | null =>
    values.some((value) => value !== undefined) ? values.reduce<number>((total, value) => total + (value ?? 0), 0) : null;
  const cpu = sum(tasks.map(({ cpu_average }) => cpu_average));
  const memory = sum(tasks.map(({ memory_average_mb }) => memory_average_mb));
  return {
    // 1000 is one core.
    cpu_usage: cpu === null ? null : Math.round(cpu) / 10,
    memory_usage: memory === null ? null : Math.round(memory * MEGABYTE),
    ...{ allocation_id: allocationId, allocation_status: 'running', node_id: nodeId },
  };
}
