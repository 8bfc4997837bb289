import { randomUUID } from 'node:crypto';
import { encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import type { ReleaseOutcome } from '#domain/scheduling/plan-log/events.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { simulatedNode } from './load/requests.js';

/** Number of events of one job, from its submission to its end. */
const EVENTS_OF_A_JOB = 8;
const BATCH = 50;

/**
 * Writes the log of a cluster that ran jobs of one allocation to their end. Each job has its submission, placement, evaluation, start, exit,
 * completion, release and finish in three streams. Returns the number of events.
 */
export async function writeLivedLog(directory: string, events: number, nodes: number): Promise<number> {
  const store = await openSqliteEventStore({ directory });
  const revisions = new Map<string, number>();
  let count = 0;
  let at = 1_750_000_000_000;

  const append = async (stream: string, batch: readonly MusterEvent[]): Promise<void> => {
    const revision = revisions.get(stream);
    revisions.set(stream, (revision ?? -1) + batch.length);
    count += batch.length;
    await store.append({ stream, expected: revision ?? 'no_stream', events: batch.map(stored) });
  };
  const stored = (event: MusterEvent): NewEvent => {
    at += 1;
    const id = randomUUID();
    return {
      id,
      ...encode(event, { $correlationId: id, $causationId: id, at, surface: 'cluster', actor: 'anonymous' }),
    };
  };

  try {
    const ids = Array.from({ length: nodes }, (_, index) => simulatedNode(index));
    const capacity = { cpu: 4_000, memory: 16_384 };
    for (let index = 0; index < nodes; index += BATCH) {
      const some = ids.slice(index, index + BATCH);
      await Promise.all(
        some.map(({ node_id, ip_address, attributes }) =>
          append(`node-${node_id}`, [
            {
              type: 'NodeRegistered',
              data: {
                nodeId: node_id,
                epoch: 1,
                ipAddress: ip_address,
                resources: capacity,
                attributes,
                healthy: true,
                endpoint: null,
                protocol: 'muster',
              },
            },
          ]),
        ),
      );
      await append(
        'scheduler',
        some.map(({ node_id }) => ({
          type: 'NodeCapacitySet',
          data: { nodeId: node_id, epoch: 1, resources: capacity, schedulable: true },
        })),
      );
    }
    const jobs = Math.ceil((events - count) / EVENTS_OF_A_JOB);
    for (let from = 0; from < jobs; from += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, jobs - from) }, (_, index) =>
        life(from + index, ids[(from + index) % nodes]?.node_id ?? ''),
      );
      await Promise.all(batch.map((job) => append(`job-${job.jobId}`, job.submitted)));
      await append(
        'scheduler',
        batch.flatMap((job) => job.placed),
      );
      await Promise.all(batch.map((job) => append(`node-${job.nodeId}`, job.reported)));
      await append(
        'scheduler',
        batch.flatMap((job) => job.released),
      );
    }
  } finally {
    await store.close();
  }
  return count;
}

interface Life {
  readonly jobId: string;
  readonly nodeId: string;
  readonly submitted: readonly MusterEvent[];
  readonly placed: readonly MusterEvent[];
  readonly reported: readonly MusterEvent[];
  readonly released: readonly MusterEvent[];
}

function life(index: number, nodeId: string): Life {
  const jobId = `job-${index}`;
  const evaluationId = randomUUID();
  const allocation = { allocationId: randomUUID(), jobId, group: 'main', slot: 0, nodeId };
  const startTime = 1_750_000_000 + index / 100;
  const endTime = startTime + 3;
  const failed = index % 10 === 7;
  const outcome: ReleaseOutcome = failed ? 'failed' : 'complete';
  const ended = { ...allocation, startTime, endTime, message: null };
  return {
    jobId,
    nodeId,
    submitted: [
      {
        type: 'JobSubmitted',
        data: {
          jobId,
          evaluationId,
          specification: {
            task_groups: [
              {
                name: 'main',
                tasks: [
                  {
                    name: 'main',
                    driver: 'exec',
                    config: { command: 'sleep 3' },
                    resources: { cpu: 100, memory: 128 },
                  },
                ],
              },
            ],
            constraints: {},
          },
        },
      },
    ],
    placed: [
      {
        type: 'AllocationPlaced',
        data: {
          ...allocation,
          jobVersion: 0,
          attempt: 0,
          epoch: 1,
          evaluationId,
          resources: { cpu: 100, memory: 128 },
        },
      },
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
    reported: [
      { type: 'AllocationStarted', data: { ...allocation, startTime, tasks: { main: { startTime } } } },
      {
        type: 'TaskExited',
        data: {
          ...allocation,
          task: 'main',
          status: failed ? 'failed' : 'complete',
          startTime,
          endTime,
          exitCode: failed ? 1 : 0,
          error: null,
          message: null,
          usage: { memoryPeakMb: 12, cpuPeak: 80 },
        },
      },
      { type: failed ? 'AllocationFailed' : 'AllocationCompleted', data: ended },
    ],
    released: [
      { type: 'AllocationReleased', data: { ...allocation, outcome } },
      { type: 'JobFinished', data: { jobId, jobVersion: 0, outcome } },
    ],
  };
}
