import { describeIssue } from '../kernel/errors/index.js';
import {
  reschedulePolicy,
  restartPolicy,
  type ReschedulePolicy,
  type RestartPolicy,
} from '../jobs/job/restart.js';
import { groupUpdate } from '../jobs/job/specification.js';
import { withoutUndefined } from '../kernel/without-undefined.js';
import type { MappedGroup, MappedUpdate } from './mapped.js';
import type { Section } from './section.js';

export type JobType = 'service' | 'batch';

type Fields<Policy> = { readonly [Name in keyof Policy]?: Exclude<Policy[Name], undefined> };
type RescheduleFields = Fields<ReschedulePolicy> & { readonly unlimited?: boolean };

/** The fields of policies that a job file contains. */
export interface Policies {
  readonly restart?: Fields<RestartPolicy> | undefined;
  readonly reschedule?: RescheduleFields | undefined;
  readonly update?: MappedUpdate | undefined;
}

const RESTARTS: Readonly<Record<JobType, RestartPolicy>> = {
  service: { attempts: 2, interval: 1800, delay: 15, mode: 'fail' },
  batch: { attempts: 3, interval: 86_400, delay: 15, mode: 'fail' },
};
const RESCHEDULES: Readonly<Record<JobType, RescheduleFields>> = {
  service: { delay: 30, delay_function: 'exponential', max_delay: 3600 },
  batch: { attempts: 1, interval: 86_400, delay: 5, delay_function: 'constant' },
};
const UPDATE: MappedUpdate = { max_parallel: 1, min_healthy_seconds: 10, progress_deadline_seconds: 600 };
/** Nomad's API writes every field of a policy, so 0 and false are values there. */
const EMPTY_IS_A_VALUE = false;

/** Adds Nomad's defaults to the fields of a restart policy. */
export function wholeRestart(said: Policies['restart'], type: JobType): RestartPolicy {
  return { ...RESTARTS[type], ...said };
}

/** Adds Nomad's defaults. Without `defaults`, only to `restart` and `reschedule` that have any field. */
export function wholePolicies(
  { restart, reschedule, update }: Policies,
  type: JobType,
  defaults: boolean,
): Pick<MappedGroup, 'restart' | 'reschedule' | 'update'> {
  const updates = defaults && (update !== undefined || type === 'service');
  return withoutUndefined({
    restart: defaults || restart !== undefined ? wholeRestart(restart, type) : undefined,
    reschedule: defaults || reschedule !== undefined ? wholeReschedule(reschedule ?? {}, type) : undefined,
    update: updates ? { ...UPDATE, ...update } : update,
  });
}

function wholeReschedule(said: RescheduleFields, type: JobType): ReschedulePolicy {
  const { unlimited = said.attempts === undefined && type === 'service', ...fields } = said;
  const { attempts = 0, interval, ...delays } = { ...RESCHEDULES[type], ...fields };
  return unlimited ? delays : withoutUndefined({ attempts, interval, ...delays });
}

/** Reads a `restart` block. Its fields replace those of `inherited`. */
export function restartOf(section: Section, inherited?: Policies['restart']): Policies['restart'] {
  const said = section.block('restart');
  if (said === undefined) return inherited;
  const fields = withoutUndefined({
    attempts: said.whole('attempts', EMPTY_IS_A_VALUE),
    interval: said.seconds('interval'),
    delay: said.seconds('delay', EMPTY_IS_A_VALUE),
    mode: said.choice('mode', ['fail', 'delay']),
  });
  said.leaveOutUnless('render_templates', ['false'], 'must be false: templates are not supported');
  said.refuseUnread();
  said.check(restartPolicy.partial(), fields);
  return { ...inherited, ...fields };
}

/** Reads a `reschedule` block. Its fields replace those of `inherited`. */
export function rescheduleOf(section: Section, inherited?: RescheduleFields): RescheduleFields | undefined {
  const said = section.block('reschedule');
  if (said === undefined) return inherited;
  const fields = withoutUndefined({
    attempts: said.whole('attempts', EMPTY_IS_A_VALUE),
    interval: said.seconds('interval'),
    delay: said.seconds('delay'),
    delay_function: said.choice('delay_function', ['constant', 'exponential', 'fibonacci']),
    max_delay: said.seconds('max_delay'),
  });
  const unlimited = said.flag('unlimited', EMPTY_IS_A_VALUE);
  const merged: RescheduleFields = { ...inherited, ...fields, ...withoutUndefined({ unlimited }) };
  if (merged.unlimited === true && (merged.attempts ?? 0) > 0)
    said.report('is not allowed with `unlimited`', 'attempts');
  said.refuseUnread();
  said.check(reschedulePolicy, fields);
  return merged;
}

const UPDATE_FIELDS: Readonly<Record<string, string>> = {
  max_parallel: 'max_parallel',
  min_healthy_seconds: 'min_healthy_time',
  progress_deadline_seconds: 'progress_deadline',
};

/** Reads an `update` block. Its fields replace those of `inherited`. */
export function updateOf(section: Section, inherited?: MappedUpdate): MappedUpdate | undefined {
  const said = section.block('update');
  if (said === undefined) return inherited;
  const fields = withoutUndefined({
    max_parallel: said.whole('max_parallel'),
    min_healthy_seconds: said.seconds('min_healthy_time', EMPTY_IS_A_VALUE),
    progress_deadline_seconds: said.seconds('progress_deadline'),
    // For services the default is true, so false counts only if it replaces true.
    auto_revert: said.flag('auto_revert', inherited?.auto_revert === true ? EMPTY_IS_A_VALUE : undefined),
  });
  said.acceptOnly('health_check', ['checks'], 'must be "checks"');
  said.acceptOnly('canary', ['0'], 'must be 0: canaries are not supported');
  said.acceptOnly('auto_promote', ['false'], 'must be false: canaries are not supported');
  said.leaveOutUnlessDuration('stagger', '30s');
  said.leaveOutUnlessDuration('healthy_deadline', '5m', '; see progress_deadline');
  said.refuseUnread();
  for (const issue of groupUpdate.safeParse(fields).error?.issues ?? []) {
    const word = UPDATE_FIELDS[String(issue.path[0])];
    if (word !== undefined) said.report(describeIssue([issue]).problem, word);
  }
  return { ...inherited, ...fields };
}

/** Leaves out a `migrate` block with other values than Nomad's defaults, because in Muster jobs do not control drains. */
export function leaveOutMigrate(section: Section): void {
  const said = section.block('migrate');
  if (said === undefined) return;
  said.leaveOutUnless('max_parallel', ['1'], 'must be 1: other values are not supported');
  said.leaveOutUnless('health_check', ['checks'], 'must be "checks"');
  said.leaveOutUnlessDuration('min_healthy_time', '10s');
  said.leaveOutUnlessDuration('healthy_deadline', '5m');
  said.refuseUnread();
}
