import type { Cluster } from '../shared/client.js';
import { explainTask } from './failures-view.js';

type Job = Cluster['Job'];
type Allocation = Cluster['JobAllocation'];

/** Prints the progress of a job, one line per change of state. */
export class JobProgress {
  readonly #told = new Map<string, string>();

  constructor(private readonly say: (line: string) => void) {}

  /** Prints the changes since the last call. A placement is always printed, even if the allocation ended before the first poll. */
  saw(job: Job): void {
    for (const allocation of job.allocations) {
      if (!this.#told.has(allocation.allocation_id))
        this.#tell(allocation, describe({ ...allocation, status: 'pending' }, job));
      const state = describe(allocation, job);
      if (this.#told.get(allocation.allocation_id) !== state) this.#tell(allocation, state);
    }
  }

  #tell({ allocation_id: id, task_group: group }: Allocation, state: string): void {
    this.#told.set(id, state);
    this.say(`${group} ${id.slice(0, 8)}: ${state}`);
  }
}

function describe(allocation: Allocation, job: Job): string {
  switch (allocation.status) {
    case 'pending':
      return `placed on node ${allocation.node_id}, ${waitsFor(allocation, job)}`;
    case 'running':
      return `started on node ${allocation.node_id}`;
    case 'failed':
      return `failed: ${whyFailed(allocation)}`;
    case 'complete':
    case 'stopped':
    case 'lost':
      return allocation.status;
  }
}

/** An agent reports a task only once it is running or has ended. Before that, it may be pulling an image. */
function waitsFor({ task_group: group }: Allocation, job: Job): string {
  const tasks = job.task_groups.find(({ name }) => name === group)?.tasks ?? [];
  const images = tasks.flatMap(({ config }) => (config.image === undefined ? [] : [config.image]));
  return images.length === 0 ? 'starting' : `starting, pulling ${images.join(', ')} if needed`;
}

function whyFailed({ tasks, message }: Allocation): string {
  const failed = Object.entries(tasks ?? {}).filter(([, { status }]) => status === 'failed');
  if (failed.length === 0) return message ?? 'no reason reported';
  return failed.map(([name, task]) => `task ${name}: ${explainTask(task)}`).join('; ');
}
