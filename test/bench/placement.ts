import { pathToFileURL } from 'node:url';
import type { MusterEvent, RecordedMusterEvent } from '#domain/event-types/index.js';
import { ClusterState, evolveClusterState, hasWork, plan } from '#domain/scheduling/index.js';
import { SHAPES, simulatedNode } from './load/requests.js';

/** One way to request a hundred thousand allocations. */
export interface PlacementForm {
  readonly nodes: number;
  readonly jobs: number;
  readonly allocations: number;
  readonly constrained: boolean;
  /** Resources of each node. */
  readonly resources: Record<string, number>;
}

export interface PlacementFigures {
  readonly placed: number;
  /** Placements a second, counting only the planning and the folding of plans. */
  readonly rate: number;
  /** Placements per second of this process's processor time: the rate on a dedicated core. */
  readonly cpuRate: number;
  /** The last fifth's rate as a share of the first fifth's, by processor time. */
  readonly lastToFirst: number;
  /** MiB of heap and typed arrays that the state takes. */
  readonly memory: number;
}

/** Places everything in memory, on this thread: plan, fold, plan … Events are never serialized. */
export function measurePlacement(form: PlacementForm): PlacementFigures {
  const log = new Log();
  const before = memory();
  for (let index = 0; index < form.nodes; index += 1) {
    const { node_id: nodeId, ip_address: ipAddress, attributes } = simulatedNode(index);
    log.add(`node-${nodeId}`, 0, {
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: 1,
        ipAddress,
        resources: form.resources,
        attributes,
        healthy: true,
        endpoint: null,
        protocol: 'muster',
      },
    });
  }
  log.planAll();
  for (let index = 0; index < form.jobs; index += 1) {
    const constraints = form.constrained ? [...(SHAPES[index % SHAPES.length] ?? [])] : [];
    log.add(`job-j${index}`, 0, {
      type: 'JobSubmitted',
      data: {
        jobId: `j${index}`,
        evaluationId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        specification: {
          task_groups: [
            {
              name: 'group',
              count: form.allocations,
              constraints,
              tasks: [
                {
                  name: 'task',
                  driver: 'exec',
                  config: { command: 'true' },
                  resources: { cpu: 100, memory: 128 },
                },
              ],
            },
          ],
        },
      },
    });
  }
  const wanted = form.jobs * form.allocations;
  const marks: number[] = [processorTime()];
  const begin = performance.now();
  const used = processorTime();
  while (hasWork(log.state, 1)) {
    log.planOnce();
    while (marks.length < 6 && log.state.placements >= (wanted / 5) * marks.length)
      marks.push(processorTime());
  }
  const seconds = (performance.now() - begin) / 1000;
  const cpu = processorTime() - used;
  const { placements: placed } = log.state;
  const fifth = (index: number): number => (marks[index] ?? Number.NaN) - (marks[index - 1] ?? Number.NaN);
  return {
    placed,
    rate: placed / seconds,
    cpuRate: placed / cpu,
    lastToFirst: fifth(1) / fifth(5),
    memory: memory() - before,
  };
}

const metadata = { $correlationId: 'bench', $causationId: 'bench', at: 1, v: 1 };

class Log {
  readonly state = new ClusterState();
  #position = 0n;
  #revision = -1;

  add(stream: string, revision: number, event: MusterEvent): void {
    this.#position += 1n;
    const { type, data } = event;
    evolveClusterState(this.state, {
      type,
      data,
      id: 'bench',
      stream,
      revision,
      position: this.#position,
      metadata,
    } as RecordedMusterEvent);
  }

  planOnce(): void {
    for (const event of plan(this.state, { now: 1 }).events)
      this.add('scheduler', (this.#revision += 1), event as MusterEvent);
  }

  planAll(): void {
    while (hasWork(this.state, 1)) this.planOnce();
  }
}

/** Returns the processor time of this process so far, in seconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 / 1024;
}

const roomy = { cpu: 4000, memory: 16_384 };
/** A hundred thousand allocations nearly fill 5,000 such nodes. */
const tight = { cpu: 2100, memory: 2700 };

export const FORMS: Readonly<Record<string, PlacementForm>> = {
  '1,000 jobs of 100 in 10 constraint shapes': {
    nodes: 5000,
    jobs: 1000,
    allocations: 100,
    constrained: true,
    resources: roomy,
  },
  '100,000 jobs of one': { nodes: 5000, jobs: 100_000, allocations: 1, constrained: false, resources: roomy },
  '100,000 jobs of one in 10 constraint shapes': {
    nodes: 5000,
    jobs: 100_000,
    allocations: 1,
    constrained: true,
    resources: roomy,
  },
  '100,000 jobs of one, nodes full at the end': {
    nodes: 5000,
    jobs: 100_000,
    allocations: 1,
    constrained: false,
    resources: tight,
  },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, form] of Object.entries(FORMS)) {
    const runs = [0, 1, 2].map(() => measurePlacement(form)).sort((one, other) => other.rate - one.rate);
    const best = runs[0]!;
    console.log(
      `${name}: ${Math.round(best.rate)} placements a second (all: ${runs.map((run) => Math.round(run.rate)).join(', ')}; by processor time ` +
        `${runs.map((run) => Math.round(run.cpuRate)).join(', ')}), ` +
        `last fifth to first ${best.lastToFirst.toFixed(2)}, ${best.placed} placed, ${Math.round(best.memory)} MiB`,
    );
  }
}
