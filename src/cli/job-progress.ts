import type { Cluster } from './client.js';
import { explainTask } from './views/failures.js';

type Job = Cluster['Job'];
type Allocation = Cluster['JobAllocation'];

/** Tells what becomes of a job, a line for each thing that is new. */
export class JobProgress {
  readonly #told = new Map<string, string>();

  constructor(private readonly say: (line: string) => void) {}

  /** Says what is new since the last look. Where an allocation was placed is always said, though it may have ended before the first look. */
  saw(job: Job): void {
    for (const allocation of job.allocations) {
      if (!this.#told.has(allocation.allocation_id)) this.#tell(allocation, describe({ ...allocation, status: 'pending' }, job));
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

/** An agent reports a task when it runs or ended: until then an image may have to be fetched. */
function waitsFor({ task_group: group }: Allocation, job: Job): string {
  const tasks = job.task_groups.find(({ name }) => name === group)?.tasks ?? [];
  const images = tasks.flatMap(({ config }) => (config.image === undefined ? [] : [config.image]));
  return images.length === 0 ? 'which starts it' : `which starts it, pulling ${images.join(', ')} where it does not have it`;
}

function whyFailed({ tasks, message }: Allocation): string {
  const failed = Object.entries(tasks ?? {}).filter(([, { status }]) => status === 'failed');
  if (failed.length === 0) return message ?? 'its agent gave no reason';
  return failed.map(([name, task]) => `task ${name}: ${explainTask(task)}`).join('; ');
}
