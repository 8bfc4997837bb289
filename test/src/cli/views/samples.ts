import type { Cluster } from '#src/cli/shared/client.js';

type Task = Cluster['AllocationTask'];
type Allocation = Cluster['JobAllocation'];

/** These lists do not compile if they lack a status of the OpenAPI description. */
export const TASK_STATUSES = Object.keys({
  pending: 1,
  running: 1,
  complete: 1,
  failed: 1,
  stopped: 1,
} satisfies Record<Task['status'], 1>) as Task['status'][];
export const ALLOCATION_STATUSES = Object.keys({
  pending: 1,
  running: 1,
  complete: 1,
  failed: 1,
  stopped: 1,
  lost: 1,
} satisfies Record<Allocation['status'], 1>) as Allocation['status'][];
export const JOB_STATUSES = Object.keys({
  pending: 1,
  running: 1,
  complete: 1,
  failed: 1,
  dead: 1,
  lost: 1,
  degraded: 1,
  blocked: 1,
} satisfies Record<Cluster['Job']['status'], 1>) as Cluster['Job']['status'][];

export const REASONS = {
  web: {
    unplaced: 2,
    nodes: 3,
    filtered: { 'driver docker': 1 },
    exhausted: { cpu: 2 },
    short: { cpu: 250 },
  },
};

export function task(over: Partial<Task> = {}): Task {
  return {
    resources: { cpu: 100, memory: 32 },
    config: { command: 'true' },
    status: 'running',
    start_time: 1_763_625_600,
    end_time: null,
    exit_code: null,
    message: null,
    ...over,
  };
}

export function allocation(over: Partial<Allocation> = {}): Allocation {
  return {
    allocation_id: '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11',
    task_group: 'web',
    node_id: 'node-1',
    status: 'running',
    start_time: 1_763_625_600,
    end_time: null,
    tasks: { serve: task() },
    ...over,
  };
}

export function job(over: Partial<Cluster['Job']> = {}): Cluster['Job'] {
  return {
    job_id: 'hello',
    task_groups: [
      {
        name: 'web',
        tasks: [{ name: 'serve', config: { command: 'true' }, resources: { cpu: 100, memory: 32 } }],
      },
    ],
    constraints: {},
    status: 'running',
    allocations: [allocation()],
    ...over,
  };
}
