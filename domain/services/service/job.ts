import type { JobOwner } from '../../jobs/job/events.js';
import type { ReschedulePolicy, RestartPolicy } from '../../jobs/job/restart.js';
import type { JobSpecification, Task } from '../../jobs/job/specification.js';
import type { FormerPorts, ServiceVersion } from './events.js';
import { SERVICE_GROUP } from './deployment-decision.js';
import type { ActiveDeployment, PresentService } from './state.js';

/** Default restart policy of services. */
export const DEFAULT_RESTART: RestartPolicy = { attempts: 2, delay: 1, mode: 'fail' };
/** Retries without end, with growing delays, after the restarts are used up. */
export const DEFAULT_RESCHEDULE: ReschedulePolicy = {
  delay: 30,
  delay_function: 'exponential',
  max_delay: 3600,
};

/** Returns the job of a deployment with the current number of instances. Each instance returns the end of its output. */
export function specificationOf(
  { standing, ports }: ActiveDeployment,
  { work }: ServiceVersion,
): JobSpecification {
  const image = standing.image ?? {};
  const where = (ports === undefined ? work.tasks : work.tasks.map((task) => preferring(task, ports))).map(
    (task) => ({
      ...task,
      ...image,
      config: { ...task.config, give_output: true },
    }),
  );
  const tasks = standing.restarts === 0 ? where : where.map((task) => begunAnew(task, standing.restarts));
  const { restart = DEFAULT_RESTART, reschedule = DEFAULT_RESCHEDULE } = work;
  return {
    task_groups: [
      {
        ...work,
        name: SERVICE_GROUP,
        count: standing.instances,
        tasks,
        restart,
        reschedule,
        lost: 'replace',
      },
    ],
  };
}

/** Prefers the former deployment's host ports, if they are free on the node. */
function preferring(task: Task, former: FormerPorts): Task {
  if (task.ports === undefined) return task;
  const ports = task.ports.map((each) => {
    const prefer = each.dynamic === true && each.container !== undefined ? former[each.container] : undefined;
    return prefer === undefined ? each : { ...each, prefer };
  });
  return { ...task, ports };
}

/** Changing the environment changes the group's identity, so that its instances are replaced. */
function begunAnew(task: Task, restarts: number): Task {
  return { ...task, env: { ...task.env, MUSTER_SERVICE_RESTARTS: String(restarts) } };
}

export function ownerOf({ tenantId, createdBy }: Pick<PresentService, 'tenantId' | 'createdBy'>): JobOwner {
  return { surface: 'services', tenant: tenantId, principal: createdBy };
}
