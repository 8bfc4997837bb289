import { describeIssue } from '../kernel/errors/index.js';
import {
  reschedulePolicy,
  restartPolicy,
  type ReschedulePolicy,
  type RestartPolicy,
} from '../jobs/job/restart.js';
import { groupUpdate } from '../jobs/job/specification.js';
import { withoutUndefined } from './without-undefined.js';
import type { MappedUpdate } from './mapped.js';
import type { Section } from './section.js';

export type JobType = 'service' | 'batch';

const DEFAULT_RESTARTS: Readonly<Record<JobType, RestartPolicy>> = {
  service: { attempts: 2, interval: 1800, delay: 15, mode: 'fail' },
  batch: { attempts: 3, interval: 86_400, delay: 15, mode: 'fail' },
};
const DEFAULT_RESCHEDULES: Readonly<Record<JobType, ReschedulePolicy>> = {
  service: { delay: 30, delay_function: 'exponential', max_delay: 3600 },
  batch: { attempts: 1, interval: 86_400, delay: 5, delay_function: 'constant' },
};
const DEFAULT_UPDATE: MappedUpdate = {
  max_parallel: 1,
  min_healthy_seconds: 10,
  progress_deadline_seconds: 600,
};

export function defaultPolicies(type: JobType): {
  readonly restart: RestartPolicy;
  readonly reschedule: ReschedulePolicy;
  readonly update: MappedUpdate | undefined;
} {
  return {
    restart: DEFAULT_RESTARTS[type],
    reschedule: DEFAULT_RESCHEDULES[type],
    update: type === 'service' ? DEFAULT_UPDATE : undefined,
  };
}

export function restartOf(section: Section, type: JobType): RestartPolicy | undefined {
  const said = section.block('restart');
  if (said === undefined) return undefined;
  const [attempts, interval, delay, mode] = [
    said.whole('attempts'),
    said.seconds('interval'),
    said.seconds('delay'),
    said.text('mode'),
  ];
  if (mode !== undefined && mode !== 'fail' && mode !== 'delay')
    said.report(said.placeOf('mode'), 'must be "fail" or "delay"', 'mode');
  said.acceptOnly('render_templates', ['false'], 'must be false: templates are not supported');
  said.refuseUnread();
  const usual = DEFAULT_RESTARTS[type];
  const none = said.emptyIsAbsent ? 0 : usual.attempts;
  const policy: RestartPolicy = {
    attempts: attempts ?? none,
    interval: interval ?? usual.interval,
    delay: delay ?? (said.emptyIsAbsent ? 0 : usual.delay),
    mode: mode === 'delay' ? 'delay' : 'fail',
  };
  const [issue] = restartPolicy.safeParse(policy).error?.issues ?? [];
  if (issue !== undefined) said.report(said.place, `${issue.path.join('.')}: ${issue.message}`);
  return policy;
}

const DELAY_FUNCTIONS = ['constant', 'exponential', 'fibonacci'] as const;

export function rescheduleOf(section: Section, type: JobType): ReschedulePolicy | undefined {
  const said = section.block('reschedule');
  if (said === undefined) return undefined;
  const [attempts, interval, delay, max_delay] = [
    said.whole('attempts'),
    said.seconds('interval'),
    said.seconds('delay'),
    said.seconds('max_delay'),
  ];
  const how = said.text('delay_function');
  const delay_function = DELAY_FUNCTIONS.find((each) => each === how);
  if (how !== undefined && delay_function === undefined)
    said.report(
      said.placeOf('delay_function'),
      'must be "constant", "exponential" or "fibonacci"',
      'delay_function',
    );
  const unlimited =
    said.flag('unlimited') ?? (!said.emptyIsAbsent && attempts === undefined && type === 'service');
  if (unlimited && (attempts ?? 0) > 0)
    said.report(said.placeOf('attempts'), 'is not allowed with `unlimited`', 'attempts');
  said.refuseUnread();
  const usual = DEFAULT_RESCHEDULES[type];
  const limit = unlimited ? undefined : (attempts ?? (said.emptyIsAbsent ? 0 : (usual.attempts ?? 0)));
  const policy: ReschedulePolicy = withoutUndefined({
    attempts: limit,
    interval: limit === undefined ? undefined : (interval ?? usual.interval),
    delay: delay ?? usual.delay,
    delay_function: delay_function ?? usual.delay_function,
    max_delay: max_delay ?? usual.max_delay,
  });
  const [issue] = reschedulePolicy.safeParse(policy).error?.issues ?? [];
  if (issue !== undefined) said.report(said.place, `${issue.path.join('.')}: ${issue.message}`);
  return policy;
}

const UPDATE_FIELDS: Readonly<Record<string, string>> = {
  max_parallel: 'max_parallel',
  min_healthy_seconds: 'min_healthy_time',
  progress_deadline_seconds: 'progress_deadline',
};

export function updateOf(section: Section): MappedUpdate | undefined {
  const said = section.block('update');
  if (said === undefined) return undefined;
  const update = withoutUndefined({
    max_parallel: said.whole('max_parallel'),
    min_healthy_seconds: said.seconds('min_healthy_time'),
    progress_deadline_seconds: said.seconds('progress_deadline'),
    auto_revert: said.flag('auto_revert'),
  });
  said.acceptOnly('health_check', ['checks'], 'must be "checks"');
  said.acceptOnly('canary', ['0'], 'must be 0: canaries are not supported');
  said.acceptOnly('auto_promote', ['false'], 'must be false: canaries are not supported');
  said.acceptOnlyDuration('stagger', 30, 'must be "30s": other values are not supported');
  said.acceptOnlyDuration(
    'healthy_deadline',
    300,
    'must be "5m": other values are not supported; see progress_deadline',
  );
  said.refuseUnread();
  for (const issue of groupUpdate.safeParse(update).error?.issues ?? []) {
    const word = UPDATE_FIELDS[String(issue.path[0])];
    if (word !== undefined) said.report(said.placeOf(word), describeIssue([issue]).problem, word);
  }
  return update;
}

/** Accepts a `migrate` block only with Nomad's default values, because in Muster jobs do not control drains. */
export function acceptDefaultMigrate(section: Section): void {
  const said = section.block('migrate');
  if (said === undefined) return;
  said.acceptOnly('max_parallel', ['1'], 'must be 1: other values are not supported');
  said.acceptOnly('health_check', ['checks'], 'must be "checks"');
  said.acceptOnlyDuration('min_healthy_time', 10, 'must be "10s": other values are not supported');
  said.acceptOnlyDuration('healthy_deadline', 300, 'must be "5m": other values are not supported');
  said.refuseUnread();
}
