import { identifier } from '../kernel/identifier.js';
import { name as plainName } from '../jobs/job/name.js';
import { apiForm } from './api-form.js';
import { constraintsOf } from './constraint.js';
import { readGroup } from './group.js';
import { withoutUndefined } from '../kernel/without-undefined.js';
import type { JobFileProblem, LocatedObject } from './located.js';
import type { MappedJob, MappedTask } from './mapped.js';
import { leaveOutNotes } from './notes.js';
import { rescheduleOf, updateOf } from './policies.js';
import { Section } from './section.js';

export type JobFileReading = { readonly job: MappedJob } | { readonly problems: readonly JobFileProblem[] };

export interface NomadJobOptions {
  readonly drivers?: readonly MappedTask['driver'][];
  readonly variables?: boolean;
  readonly defaults?: boolean;
}

/**
 * Converts a Nomad job file. Refuses fields that have no counterpart, and fields that would give a task access to its host: privileges, namespaces,
 * devices and host directories.
 */
export function jobOfNomad(file: LocatedObject, taken: NomadJobOptions = {}): JobFileReading {
  const { job, problems } = partOfNomad(file, taken);
  return job === undefined || problems.length > 0 ? { problems } : { job };
}

/** Converts what has a counterpart in a Nomad job file. The problems say what is left out. */
export function partOfNomad(
  file: LocatedObject,
  taken: NomadJobOptions = {},
): { readonly job: MappedJob | undefined; readonly problems: readonly JobFileProblem[] } {
  const problems: JobFileProblem[] = [];
  const api = apiForm(file);
  const job = readFile(new Section(api ?? file, '', problems, api !== undefined), problems, taken);
  problems.sort((one, other) => one.place.line - other.place.line || one.place.column - other.place.column);
  return { job, problems };
}

function readFile(
  file: Section,
  problems: readonly JobFileProblem[],
  taken: NomadJobOptions,
): MappedJob | undefined {
  const jobs = file.labelled('job');
  file.refuseUnread();
  const [first, second] = jobs;
  if (second !== undefined) second.section.report('a file can contain only one job', undefined, second.place);
  if (first === undefined) {
    if (problems.length === 0) file.report('the file contains no job');
    return undefined;
  }
  return readJob(first.label, first.section, taken);
}

function readJob(
  id: string,
  section: Section,
  { drivers = ['docker', 'exec'], variables = false, defaults = false }: NomadJobOptions,
): MappedJob {
  const wrong = identifier.safeParse(id).error?.issues[0]?.message;
  if (wrong !== undefined) section.report(wrong);
  for (const name of ['id', 'name']) section.acceptOnly(name, [id], 'must be the label of the job');
  const type = section.choice('type', ['service', 'batch']) ?? 'service';
  section.acceptOnly('node_pool', ['default'], 'must be "default": it is the only one');
  section.acceptOnly(
    'datacenters',
    ['*', 'dc1'],
    'must be ["*"] or ["dc1"]: nodes have no datacenter, use a constraint on a node attribute',
  );
  section.acceptOnly('region', ['global'], 'must be "global": it is the only one');
  section.acceptOnly('namespace', ['default'], 'must be "default": it is the only one');
  const priority = section.whole('priority');
  if (priority !== undefined && priority > 100) section.report('must be 0 to 100', 'priority');
  const policies = { update: updateOf(section), reschedule: rescheduleOf(section) };
  const ofJob = { constraints: constraintsOf(section), type, drivers, variables, defaults, ...policies };
  const groups = section.labelled('group').map(({ label, section: group }) => {
    refuseName(label, group);
    for (const each of group.labelled('task')) refuseName(each.label, each.section);
    return readGroup(label, group, ofJob);
  });
  if (!section.has('group')) section.report('needs a group');
  leaveOutNotes(section);
  section.leaveOut(['ui'], 'is not supported: the console shows no links of jobs');
  section.leaveOutUnless('all_at_once', ['false'], 'must be false: what fits is placed, and the rest waits');
  section.refuseUnread();
  return { job_id: id, task_groups: groups, ...withoutUndefined({ priority }) };
}

function refuseName(label: string, section: Section): void {
  const problem = plainName.safeParse(label).error?.issues[0]?.message;
  if (problem !== undefined) section.report(`the name ${problem}`);
}
