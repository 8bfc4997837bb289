import { taskCheck, type TaskCheck } from '../jobs/job/check.js';
import type { Place } from './located.js';
import type { Section } from './section.js';
import { withoutUndefined } from '../kernel/without-undefined.js';

export interface ServiceCheck {
  readonly check: TaskCheck;
  readonly place: Place;
  readonly port: string | undefined;
  readonly task: string | undefined;
}

const NO_REGISTRY = 'is not supported: service names are not registered';

/** Values that Nomad's server fills in. */
const FILLED_IN = { provider: 'consul', address_mode: 'auto', cluster: 'default' };
/** What a registry would show of a service. */
const REGISTERED = [
  'tags',
  'canary_tags',
  'meta',
  'canary_meta',
  'address',
  'identity',
  'weights',
  'enable_tag_override',
  'tagged_addresses',
];
const UPDATES = ['require_healthy'];
const WAITS = 'must be "require_healthy": an update waits for every check';

export interface CheckContext {
  /** Returns the container port of a label. */
  readonly numberOf: (label: string) => number | undefined;
  readonly defaults: boolean;
}

/** Reads the checks of every `service` block. */
export function checksOf(section: Section, context: CheckContext): ServiceCheck[] {
  return section.blocks('service').flatMap((service) => {
    const inherited = {
      name: service.text('name'),
      port: service.text('port'),
      task: service.text('task'),
      restart: checkRestartOf(service),
    };
    for (const [name, value] of Object.entries(FILLED_IN)) service.leaveOutUnless(name, [value], NO_REGISTRY);
    service.acceptOnly('on_update', UPDATES, WAITS);
    service.leaveOut(REGISTERED, NO_REGISTRY);
    service.refuse(['connect'], NO_REGISTRY);
    const checks = service.blocks('check').flatMap((check) => {
      const read = checkOf(check, inherited, context);
      check.refuseUnread();
      return read === undefined ? [] : [{ ...read, place: check.place }];
    });
    service.refuseUnread();
    return checks;
  });
}

interface CheckRestart {
  readonly limit?: number;
  readonly grace?: number;
}

/** As in Nomad, a limit of 0 does not replace that of `inherited`. */
function checkRestartOf(section: Section, inherited?: CheckRestart): CheckRestart | undefined {
  const said = section.block('check_restart');
  if (said === undefined) return inherited;
  const [limit, grace] = [said.whole('limit'), said.seconds('grace')];
  said.acceptOnly('ignore_warnings', ['false'], 'must be false: checks have no warnings');
  said.refuseUnread();
  return { ...inherited, ...withoutUndefined({ limit: limit === 0 ? undefined : limit, grace }) };
}

interface OfService extends Readonly<Record<'name' | 'port' | 'task', string | undefined>> {
  readonly restart: CheckRestart | undefined;
}

function checkOf(
  check: Section,
  service: OfService,
  { numberOf, defaults }: CheckContext,
): Omit<ServiceCheck, 'place'> | undefined {
  const kind = check.choice('type', ['tcp', 'http', 'script'], true);
  const type: TaskCheck['type'] | undefined = kind === 'script' ? 'exec' : kind;
  const label = check.text('port') ?? service.port;
  check.acceptOnly('method', ['GET', ''], 'must be GET');
  check.acceptOnly('protocol', ['http', ''], 'must be http');
  check.acceptOnly('on_update', UPDATES, WAITS);
  check.leaveOut(['initial_status'], NO_REGISTRY);
  const [command, args] = [check.text('command'), check.texts('args')];
  const restart = checkRestartOf(check, service.restart);
  const port = type === 'exec' || label === undefined ? undefined : portNumber(check, label, numberOf);
  const read = {
    name: check.text('name') ?? service.name,
    port,
    path: type === 'http' ? (check.text('path') ?? '/') : check.text('path'),
    command: command === undefined ? undefined : [command, ...(args ?? [])],
    interval_seconds: check.seconds('interval'),
    timeout_seconds: check.seconds('timeout'),
    grace_seconds: restart?.grace ?? (defaults && restart !== undefined ? 1 : undefined),
    failures: restart?.limit ?? (defaults ? 0 : undefined),
  };
  const task = check.text('task') ?? service.task;
  if (type === undefined) return undefined;
  const made = { type, ...withoutUndefined(read) };
  check.check(taskCheck, made);
  return { check: made, port: type === 'exec' ? undefined : label, task };
}

function portNumber(
  check: Section,
  label: string,
  numberOf: (label: string) => number | undefined,
): number | undefined {
  const number = /^[1-9]\d{0,4}$/.test(label) ? Number(label) : numberOf(label);
  if (number === undefined) check.report(`the group has no port ${JSON.stringify(label)}`, 'port');
  return number;
}
