import type { z } from 'zod';
import { BACKENDS, CONDA_BACKEND, type Backend } from '#domain/drivers/conda/index.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { currentEntry, packageLines, type EnvironmentDocument } from '#projections/environments.js';
import { nodes, type NodeDocument } from '#projections/nodes.js';
import { read } from '#src/surfaces/kit/index.js';
import type { environmentStats } from './environment-contract.js';
import { gigabytes } from './environment-view.js';
import type { WireTimes } from './wire-time.js';

/** What the environments of a tenant are and take. */
export async function statsOf(readModels: ReadModels, all: readonly EnvironmentDocument[], times: WireTimes): Promise<z.input<typeof environmentStats>> {
  const latest = all.reduce<EnvironmentDocument | undefined>(
    (newest, each) => (newest === undefined || each.createdAt >= newest.createdAt ? each : newest),
    undefined,
  );
  // Generations that are equal are one on disk.
  const disks = new Map(all.flatMap((each) => each.generations.map(({ hash, disk }) => [hash, disk ?? 0] as const)));
  return {
    total_environments: all.length,
    active_environments: all.filter(({ tasks }) => tasks.length > 0).length,
    total_disk_usage: gigabytes([...disks.values()].reduce((sum, disk) => sum + disk, 0)),
    latest_created: latest === undefined ? null : { name: latest.name, created_at: times.time(latest.createdAt) },
    environment_usage: all.map(({ name }) => ({ name, usage_percent: 0 })),
    package_stats: all.map((each) => {
      const current = currentEntry(each);
      return { name: each.name, package_count: current === undefined ? 0 : packageLines(current).length };
    }),
    backends: await backendsOf(readModels),
  };
}

/** What solves, by how many nodes that are up. */
async function backendsOf(readModels: ReadModels): Promise<{ backend: Backend; nodes: number }[]> {
  const counted = new Map<string, number>();
  for await (const page of readModels.list(nodes.name))
    for (const stored of page) {
      const { attributes, down } = read<NodeDocument>(stored);
      const backend = attributes[CONDA_BACKEND];
      if (typeof backend === 'string' && !down) counted.set(backend, (counted.get(backend) ?? 0) + 1);
    }
  return BACKENDS.filter((backend) => counted.has(backend)).map((backend) => ({ backend, nodes: counted.get(backend) ?? 0 }));
}
