import { randomUUID } from 'node:crypto';
import { encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import type { EventStore, NewEvent } from '#domain/kernel/ports/event-store.js';
import { streamOf } from '../../../projections/history.js';

export interface SyntheticLogOptions {
  readonly jobs: number;
  /** Allocations per job. */
  readonly count: number;
  readonly nodes: number;
  /** Number of jobs in progress at the same time. */
  readonly together: number;
}

/** Number of events per allocation, from its placement to its release. */
const AN_ALLOCATION = 5;

/** Returns the number of events of such a log. */
export function syntheticEvents({ jobs, count, nodes }: SyntheticLogOptions): number {
  return nodes + jobs * (3 + count * AN_ALLOCATION);
}

/**
 * Writes the log of a busy cluster: many jobs at a time are submitted, placed, run, completed and finished. Plans and agent reports
 * are separate appends, as if the scheduler planned each job at once and the agents reported each step.
 */
export async function writeSyntheticLog(store: EventStore, options: SyntheticLogOptions): Promise<void> {
  const { jobs, count, nodes, together } = options;
  const writer = new Writer(store);
  for (let node = 0; node < nodes; node += 1) await writer.append([registered(node)]);
  for (let first = 0; first < jobs; first += together) {
    const stages: MusterEvent[][][] = [];
    for (let job = first; job < Math.min(jobs, first + together); job += 1) {
      lifecycle(job, count, nodes).forEach((appends, stage) => (stages[stage] ??= []).push(...appends));
    }
    for (const appends of stages) await writer.appendAll(appends);
  }
}

/** Stages of one job. Each stage has several appends, each to one stream. */
function lifecycle(job: number, count: number, nodes: number): MusterEvent[][][] {
  const jobId = randomUUID();
  const evaluationId = randomUUID();
  const places = Array.from({ length: count }, (_, slot) => ({
    allocationId: randomUUID(),
    jobId,
    group: 'web',
    slot,
    nodeId: `node-${(job * count + slot) % nodes}`,
  }));
  const at = 1_760_000_000 + job / 100;
  const task = {
    name: 'main',
    driver: 'docker',
    ports: [{ host: 8080 }],
    config: {
      image: 'registry.example.com/team/web-server:1.27',
      command: 'serve --workers 4 --listen 0.0.0.0:8080',
    },
    resources: { cpu: 500, memory: 256 },
  };
  const specification = {
    task_groups: [
      {
        name: 'web',
        tasks: [task],
        constraints: [{ attribute: 'kernel', operator: '=' as const, value: 'linux' }],
        count,
      },
    ],
    constraints: {},
  };
  return [
    [[{ type: 'JobSubmitted', data: { jobId, evaluationId, specification } }]],
    [
      [
        ...places.map((place): MusterEvent => ({
          type: 'AllocationPlaced',
          data: {
            ...place,
            jobVersion: 0,
            attempt: 0,
            epoch: 1,
            evaluationId,
            resources: { cpu: 500, memory: 256 },
            ports: [8080],
          },
        })),
        {
          type: 'EvaluationCompleted',
          data: {
            evaluationId,
            jobId,
            jobVersion: 0,
            triggers: [{ kind: 'job-submitted', ref: evaluationId }],
          },
        },
      ],
    ],
    places.map((place) => [
      { type: 'AllocationStarted', data: { ...place, startTime: at, tasks: { main: { startTime: at } } } },
    ]),
    places.map((place) => [
      {
        type: 'TaskExited',
        data: {
          ...place,
          task: 'main',
          status: 'complete',
          startTime: at,
          endTime: at + 60.5,
          exitCode: 0,
          error: null,
          message: null,
          usage: { memoryPeakMb: 41.2, cpuPeak: 480 },
        },
      },
      { type: 'AllocationCompleted', data: { ...place, startTime: at, endTime: at + 60.5, message: null } },
    ]),
    [
      [
        ...places.map((place): MusterEvent => ({
          type: 'AllocationReleased',
          data: { ...place, outcome: 'complete' },
        })),
        { type: 'JobFinished', data: { jobId, jobVersion: 0, outcome: 'complete' } },
      ],
    ],
  ];
}

function registered(node: number): MusterEvent {
  return {
    type: 'NodeRegistered',
    data: {
      nodeId: `node-${node}`,
      epoch: 1,
      ipAddress: '10.0.0.1',
      resources: { cpu: 64_000, memory: 262_144 },
      attributes: { kernel: 'linux' },
      healthy: true,
      endpoint: null,
      protocol: 'muster',
    },
  };
}

/** Appends to many streams concurrently, and remembers their revisions. */
class Writer {
  readonly #store: EventStore;
  readonly #revisions = new Map<string, number>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Appends one stage, in order within each stream. */
  async appendAll(appends: readonly (readonly MusterEvent[])[]): Promise<void> {
    const streams = new Map<string, MusterEvent[]>();
    for (const events of appends) {
      const stream = streamOf(events[0]!);
      const waiting = streams.get(stream);
      if (waiting === undefined) streams.set(stream, [...events]);
      else waiting.push(...events);
    }
    const all = [...streams.values()];
    for (let at = 0; at < all.length; at += 500)
      await Promise.all(all.slice(at, at + 500).map((events) => this.append(events)));
  }

  async append(events: readonly MusterEvent[]): Promise<void> {
    for (let at = 0; at < events.length; at += 200) {
      const part = events.slice(at, at + 200);
      const stream = streamOf(part[0]!);
      const { revision } = await this.#store.append({
        stream,
        expected: this.#revisions.get(stream) ?? 'no_stream',
        events: part.map(toNew),
      });
      this.#revisions.set(stream, revision);
    }
  }
}

function toNew(event: MusterEvent): NewEvent {
  const ids = { $correlationId: randomUUID(), $causationId: randomUUID() };
  return {
    id: randomUUID(),
    ...encode(event, { ...ids, at: 1_760_000_000_000, actor: 'saga:scheduler', surface: 'cluster' }),
  };
}
