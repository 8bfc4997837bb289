import type { TaskCheck } from '../jobs/job/check.js';
import { MAX_SLOTS_PER_JOB, type Constraint } from '../jobs/job/specification.js';
import { checksOf, type ServiceCheck } from './checks.js';
import { constraintsOf } from './constraint.js';
import { withoutUndefined } from '../kernel/without-undefined.js';
import type { MappedGroup, MappedPort, MappedTask } from './mapped.js';
import { leaveOutNotes } from './notes.js';
import { containerPort, portsOf, processPort, type GroupPort } from './network.js';
import {
  leaveOutMigrate,
  rescheduleOf,
  restartOf,
  updateOf,
  wholePolicies,
  wholeRestart,
  type JobType,
  type Policies,
} from './policies.js';
import type { Section } from './section.js';
import { readTask, type ReadTask } from './task.js';
import { groupVolumes } from './volumes.js';

export interface JobContext extends Policies {
  readonly constraints: readonly Constraint[];
  readonly type: JobType;
  /** Whether omitted fields get Nomad's defaults instead of Muster's. */
  readonly defaults: boolean;
  readonly drivers: readonly MappedTask['driver'][];
  readonly variables: boolean;
}

export function readGroup(name: string, section: Section, job: JobContext): MappedGroup {
  const named = section.labelled('task');
  const [only] = named;
  const isContainer = named.length === 1 && only?.section.text('driver') === 'docker';
  const ports = portsOf(section, isContainer);
  const numberOf = (label: string): number | undefined => {
    const port = ports.find((each) => each.label === label);
    return port?.container ?? port?.host;
  };
  const restart = restartOf(section);
  const parts = { ...job, volumes: groupVolumes(section), numberOf, restart, disk: diskOf(section) };
  const tasks = named.flatMap(({ label, section: task }) => readTask(label, task, parts) ?? []);
  if (!section.has('task')) section.report('needs a task');
  const own = constraintsOf(section);
  const groupChecks = checksOf(section, parts);
  const policies = {
    restart: restartOfTasks(tasks, restart, job.type),
    reschedule: rescheduleOf(section, job.reschedule),
    update: updateOf(section, job.update),
  };
  const rest = { count: countOf(section), ...wholePolicies(policies, job.type, job.defaults) };
  leaveOutMigrate(section);
  leaveOutNotes(section);
  section.refuseUnread();
  const placed = assignPorts(section, ports, tasks);
  const checked = assignChecks(section, tasks, groupChecks, placed);
  const constraints = [...job.constraints, ...own, ...tasks.flatMap((each) => each.constraints)];
  return {
    name,
    ...withoutUndefined({ ...rest, constraints: constraints.length === 0 ? undefined : constraints }),
    tasks: tasks.map(({ task }) => ({
      ...task,
      ...withoutUndefined({
        ports: placed.get(task)?.map(({ mapped }) => mapped),
        checks: checked.get(task),
      }),
    })),
  };
}

function restartOfTasks(
  tasks: readonly ReadTask[],
  ofGroup: Policies['restart'],
  type: JobType,
): Policies['restart'] {
  const [only] = tasks;
  if (only !== undefined && tasks.length === 1) return only.restart;
  const whole = JSON.stringify(wholeRestart(ofGroup, type));
  for (const { restart, section } of tasks)
    if (JSON.stringify(wholeRestart(restart, type)) !== whole)
      section.report('must be the same as in the group block: its tasks are restarted together', 'restart');
  return ofGroup;
}

interface Dealt {
  readonly label: string;
  readonly mapped: MappedPort;
}

function assignPorts(
  section: Section,
  ports: readonly GroupPort[],
  tasks: readonly ReadTask[],
): Map<MappedTask, Dealt[]> {
  const dealt = new Map<MappedTask, Dealt[]>();
  const processes = tasks.filter(({ task }) => task.driver === 'exec');
  for (const { section: own, ports: named = [] } of tasks)
    for (const label of named)
      if (!ports.some((port) => port.label === label))
        own.report(`the group has no port ${JSON.stringify(label)}`, 'config.ports', own.placeOf('config'));
  for (const port of ports) {
    const path = `network.port.${port.label}`;
    const takers = tasks.filter(({ ports: named = [] }) => named.includes(port.label));
    const taker = takers[0] ?? (processes.length === 1 ? processes[0] : undefined);
    if (takers.length > 1) section.report('two tasks list it in config.ports', path, port.place);
    else if (taker === undefined) section.report('no task lists it in config.ports', path, port.place);
    else {
      const mapped = taker.task.driver === 'docker' ? containerPort(port) : processPort(port);
      if (typeof mapped === 'string') section.report(mapped, path, port.place);
      else dealt.set(taker.task, [...(dealt.get(taker.task) ?? []), { label: port.label, mapped }]);
    }
  }
  return dealt;
}

function assignChecks(
  section: Section,
  tasks: readonly ReadTask[],
  ofGroup: readonly ServiceCheck[],
  placed: ReadonlyMap<MappedTask, readonly Dealt[]>,
): Map<MappedTask, TaskCheck[]> {
  const dealt = new Map<MappedTask, TaskCheck[]>();
  const all = [
    ...tasks.flatMap((own) => own.checks.map((check) => ({ ...check, own }))),
    ...ofGroup.map((check) => ({ ...check, own: undefined })),
  ];
  for (const { check, place, port, task: named, own } of all) {
    const byName = tasks.find(({ task }) => task.name === named);
    const byPort = tasks.find(({ task }) => placed.get(task)?.some(({ label }) => label === port));
    const owner =
      named === undefined ? (own ?? byPort ?? (tasks.length === 1 ? tasks[0] : undefined)) : byName;
    if (owner === undefined)
      section.report(
        named === undefined
          ? 'must name a task, because the group has more than one'
          : `the group has no task ${JSON.stringify(named)}`,
        'service.check',
        place,
      );
    else dealt.set(owner.task, [...(dealt.get(owner.task) ?? []), check]);
  }
  return dealt;
}

function diskOf(section: Section): number | undefined {
  const disk = section.block('ephemeral_disk');
  const size = disk?.whole('size');
  disk?.refuseUnread();
  return size;
}

function countOf(section: Section): number | undefined {
  const count = section.whole('count');
  if (count !== undefined && count > MAX_SLOTS_PER_JOB)
    section.report(`must be at most ${MAX_SLOTS_PER_JOB}`, 'count');
  return count;
}
