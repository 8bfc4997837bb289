import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { BACKENDS, CONDA_BACKEND, type Backend } from '#domain/drivers/conda/index.js';
import { diskUsageOf } from '#domain/environments/environment/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { currentEntry, type EnvironmentDocument } from '#projections/environments/environments.js';
import {
  begunWithin,
  executionUsage,
  type ExecutionUsageDocument,
} from '#projections/environments/execution-usage.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { tasks, type TaskDocument } from '#projections/tasks/tasks.js';
import { markStale, read } from '#src/http/index.js';
import type { environmentStats } from './environment-contract.js';
import { gigabytes } from './environment-view.js';
import type { CondaSurface } from './surface.js';
import { oneDecimal, workOf } from './task-view.js';

const MONTH_DAYS = 30;

export async function statsOf(
  { parts: { readModels, clock }, times }: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
  all: readonly EnvironmentDocument[],
): Promise<z.input<typeof environmentStats>> {
  const latest = all.reduce<EnvironmentDocument | undefined>(
    (newest, each) => (newest === undefined || each.createdAt >= newest.createdAt ? each : newest),
    undefined,
  );
  const [living, begun] = await Promise.all([
    livingIn(readModels, tenantId),
    begunIn(readModels, reply, tenantId, clock.now()),
  ]);
  const executions = [...begun.values()].reduce((sum, count) => sum + count, 0);
  return {
    total_environments: all.length,
    active_environments: all.filter(({ environmentId }) => living.has(environmentId)).length,
    total_disk_usage: gigabytes(diskUsageOf(all.flatMap(({ generations }) => generations))),
    latest_created:
      latest === undefined ? null : { name: latest.name, created_at: times.time(latest.createdAt) },
    environment_usage: all.map(({ name, environmentId }) => ({
      name,
      usage_percent: shareOf(begun.get(environmentId) ?? 0, executions),
    })),
    package_stats: all.map((each) => ({ name: each.name, package_count: currentEntry(each)?.packages ?? 0 })),
    backends: await backendsOf(readModels),
  };
}

function shareOf(count: number, of: number): number {
  return of === 0 ? 0 : oneDecimal((count / of) * 100);
}

async function livingIn(readModels: ReadModels, tenantId: string): Promise<ReadonlySet<string>> {
  const living = new Set<string>();
  for await (const page of readModels.list(tasks.name, { where: { index: 'condaLiving', value: tenantId } }))
    for (const stored of page) living.add(workOf(read<TaskDocument>(stored)).environmentId);
  return living;
}

async function begunIn(
  readModels: ReadModels,
  reply: FastifyReply,
  tenantId: string,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const begun = new Map<string, number>();
  for await (const page of readModels.list(executionUsage.name, {
    where: { index: 'tenant', value: tenantId },
  }))
    for (const stored of page) {
      if (stored.parked) markStale(reply);
      begun.set(stored.id, begunWithin(read<ExecutionUsageDocument>(stored), MONTH_DAYS, now));
    }
  return begun;
}

async function backendsOf(readModels: ReadModels): Promise<{ backend: Backend; nodes: number }[]> {
  const counted = new Map<string, number>();
  for await (const page of readModels.list(nodes.name))
    for (const stored of page) {
      const { attributes, down } = read<NodeDocument>(stored);
      const backend = attributes[CONDA_BACKEND];
      if (typeof backend === 'string' && !down) counted.set(backend, (counted.get(backend) ?? 0) + 1);
    }
  return BACKENDS.filter((backend) => counted.has(backend)).map((backend) => ({
    backend,
    nodes: counted.get(backend) ?? 0,
  }));
}
