import type { JobOwner } from '../job/events.js';
import type { ReschedulePolicy, RestartPolicy } from '../job/restart.js';
import type { JobSpecification, Task } from '../job/specification.js';
import type { FormerPorts, ServiceVersion } from './events.js';
import { SERVICE_GROUP } from './deployment-decision.js';
import type { ActiveDeployment, PresentService } from './state.js';

/** What follows when an instance fails, where its configuration says nothing else. */
export const DEFAULT_RESTART: RestartPolicy = { attempts: 2, delay: 1, mode: 'fail' };
/** What follows when its restarts are used up: it is begun again without end, each time later. */
export const DEFAULT_RESCHEDULE: ReschedulePolicy = { delay: 30, delay_function: 'exponential', max_delay: 3600 };

/** What the job of a deployment is to be: so many instances as its rollout has come to. Each gives back the end of what it writes. */
export function specificationOf({ standing, ports }: ActiveDeployment, { work }: ServiceVersion): JobSpecification {
  const image = standing.image ?? {};
  const where = (ports === undefined ? work.tasks : work.tasks.map((task) => preferring(task, ports))).map((task) => ({
    ...{ ...task, ...image },
    config: { ...task.config, give_output: true },
  }));
  const tasks = standing.restarts === 0 ? where : where.map((task) => begunAnew(task, standing.restarts));
  const { restart = DEFAULT_RESTART, reschedule = DEFAULT_RESCHEDULE } = work;
  return { task_groups: [{ ...work, name: SERVICE_GROUP, count: standing.instances, tasks, restart, reschedule, lost: 'replace' }] };
}

/** What takes the place of another is reached where that was, if its node still has the port free. */
function preferring(task: Task, former: FormerPorts): Task {
  if (task.ports === undefined) return task;
  const ports = task.ports.map((each) => {
    const prefer = each.dynamic === true && each.container !== undefined ? former[each.container] : undefined;
    return prefer === undefined ? each : { ...each, prefer };
  });
  return { ...task, ports };
}

/** A group that is written otherwise is other work: what runs ends, and begins again in its place. */
function begunAnew(task: Task, restarts: number): Task {
  return { ...task, env: { ...task.env, MUSTER_SERVICE_RESTARTS: String(restarts) } };
}

export function ownerOf({ tenantId, createdBy }: Pick<PresentService, 'tenantId' | 'createdBy'>): JobOwner {
  return { surface: 'services', tenant: tenantId, principal: createdBy };
}
