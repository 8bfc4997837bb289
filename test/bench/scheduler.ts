import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode, type MusterEvent } from '#domain/event-types/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startScheduler } from '#src/fleet/scheduler/index.js';
import { eventually } from '../fixtures/eventually.js';
import { SHAPES, simulatedNode } from './load/requests.js';

/**
 * Measures the scheduler alone on the real store: events are appended as fast as possible, placements are durable and read back. No HTTP, no
 * projector.
 */
export interface SchedulerForm {
  readonly nodes: number;
  readonly jobs: number;
  readonly allocations: number;
}

export interface SchedulerFigures {
  /** Durable placements a second, from the first submission to the last placement. */
  readonly rate: number;
  readonly lastToFirst: number;
  readonly rssMiB: number;
}

const IN_FLIGHT = 64;

export async function measureScheduler({
  nodes,
  jobs,
  allocations,
}: SchedulerForm): Promise<SchedulerFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'muster-scheduler-'));
  const store = await openSqliteEventStore({ directory });
  const scheduler = startScheduler({ eventStoreHandle: store.handle(), directory, instance: randomUUID() });
  try {
    await appendAll(store, nodes, (index) => registered(index));
    await eventually(() => scheduler.metrics()?.nodes === nodes && scheduler.metrics()?.planned === nodes, {
      timeout: 60_000,
    });
    const before = Number(await store.head());
    await appendAll(store, jobs, (index) => submitted(index, allocations));
    const wanted = jobs * allocations;
    await eventually(() => scheduler.metrics()?.allocations === wanted, { timeout: 300_000, interval: 100 });
    const times: number[] = [];
    let first = Number.POSITIVE_INFINITY;
    for await (const page of store.readAll({ from: BigInt(before) })) {
      for (const { type, created } of page) {
        if (type === 'AllocationPlaced') times.push(created);
        else first = Math.min(first, created);
      }
    }
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
    return {
      rate: (times.length / (at(1) - first)) * 1000,
      lastToFirst: (at(0.2) - first) / (at(1) - at(0.8)),
      rssMiB: process.memoryUsage().rss / 1024 / 1024,
    };
  } finally {
    await scheduler.stop();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function appendAll(
  store: EventStore,
  count: number,
  make: (index: number) => { stream: string; event: MusterEvent },
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const { stream, event } = make((next += 1) - 1);
      const texts = encode(event, { $correlationId: randomUUID(), $causationId: randomUUID(), at: 1 });
      await store.append({ stream, expected: 'no_stream', events: [{ id: randomUUID(), ...texts }] });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

function registered(index: number): { stream: string; event: MusterEvent } {
  const { node_id: nodeId, ip_address: ipAddress, attributes } = simulatedNode(index);
  return {
    stream: `node-${nodeId}`,
    event: {
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: 1,
        ipAddress,
        resources: { cpu: 4000, memory: 16_384 },
        attributes,
        healthy: true,
        endpoint: null,
        protocol: 'muster',
      },
    },
  };
}

function submitted(index: number, count: number): { stream: string; event: MusterEvent } {
  const constraints = count === 1 ? {} : { constraints: [...(SHAPES[index % SHAPES.length] ?? [])] };
  return {
    stream: `job-j${index}`,
    event: {
      type: 'JobSubmitted',
      data: {
        jobId: `j${index}`,
        evaluationId: randomUUID(),
        specification: {
          task_groups: [
            {
              name: 'main',
              count,
              ...constraints,
              tasks: [
                {
                  name: 'main',
                  driver: 'exec',
                  config: { command: 'true' },
                  resources: { cpu: 100, memory: 128 },
                },
              ],
            },
          ],
        },
      },
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const form of [
    { nodes: 5000, jobs: 1000, allocations: 100 },
    { nodes: 5000, jobs: 100_000, allocations: 1 },
  ]) {
    const { rate, lastToFirst, rssMiB } = await measureScheduler(form);
    console.log(
      `${form.jobs} jobs of ${form.allocations}: ${Math.round(rate)} durable placements a second, last fifth to first ${lastToFirst.toFixed(2)}, process ${Math.round(rssMiB)} MiB`,
    );
  }
}
