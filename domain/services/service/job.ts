import type { ChosenImage } from '../../jobs/job/chosen-image.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { ReschedulePolicy, RestartPolicy } from '../../jobs/job/restart.js';
import type { JobSpecification, Task, TaskGroup } from '../../jobs/job/specification.js';
import type { FormerPorts } from './events.js';
import { PULL_TASK, SERVICE_GROUP } from './deployment-decision.js';
import type { ActiveDeployment, PresentService, RecordedVersion } from './state.js';
import { withoutStoredTexts } from './stored-work.js';

export const DEFAULT_RESTART: RestartPolicy = { attempts: 2, delay: 1, mode: 'fail' };
/** Retries indefinitely, with increasing delays, once the restarts are used up. */
export const DEFAULT_RESCHEDULE: ReschedulePolicy = {
  delay: 30,
  delay_function: 'exponential',
  max_delay: 3600,
};

export function specificationOf(
  { standing, ports }: ActiveDeployment,
  version: RecordedVersion,
): JobSpecification {
  const { work } = version;
  const image = standing.image ?? {};
  if (standing.pullOn !== undefined) return pullOn(standing.pullOn, work, image);
  const own = work.tasks.map((task) => withoutStoredTexts(task, version));
  const where = (ports === undefined ? own : own.map((task) => preferring(task, ports))).map((task) => ({
    ...task,
    ...image,
    config: { ...task.config, give_output: true },
  }));
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

/** Pulls the image on a node and does nothing else, so it needs no resources of its own. */
function pullOn(
  node: string,
  { tasks, restart, reschedule }: TaskGroup,
  chosen: ChosenImage,
): JobSpecification {
  return {
    constraints: { node_id: node },
    task_groups: [
      {
        name: SERVICE_GROUP,
        tasks: tasks.map(({ driver, config: { image } }) => ({
          name: PULL_TASK,
          driver,
          config: { image, pull_only: true },
          resources: { cpu: 0, memory: 0 },
          ...chosen,
        })),
        restart: restart ?? DEFAULT_RESTART,
        reschedule: reschedule ?? DEFAULT_RESCHEDULE,
        lost: 'replace',
      },
    ],
  };
}

function preferring(task: Task, former: FormerPorts): Task {
  if (task.ports === undefined) return task;
  const ports = task.ports.map((each) => {
    const prefer = each.dynamic === true && each.container !== undefined ? former[each.container] : undefined;
    return prefer === undefined ? each : { ...each, prefer };
  });
  return { ...task, ports };
}

/** Changing the environment changes the group's identity, so its instances are replaced. */
function begunAnew(task: Task, restarts: number): Task {
  return { ...task, env: { ...task.env, MUSTER_SERVICE_RESTARTS: String(restarts) } };
}

export function ownerOf({ tenantId, createdBy }: Pick<PresentService, 'tenantId' | 'createdBy'>): JobOwner {
  return { surface: 'services', tenant: tenantId, principal: createdBy };
}
