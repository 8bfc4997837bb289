import { taskCheck, type TaskCheck } from '../jobs/job/check.js';
import type { Place } from './located.js';
import type { Section } from './section.js';
import { withoutUndefined } from './without-undefined.js';

export interface ServiceCheck {
  readonly check: TaskCheck;
  readonly place: Place;
  readonly port: string | undefined;
  readonly task: string | undefined;
}

const NO_REGISTRY = 'is not supported: service names are not registered';

/** Reads the checks of every `service` block. `numberOf` returns the container port of a label. */
export function checksOf(section: Section, numberOf: (label: string) => number | undefined): ServiceCheck[] {
  return section.blocks('service').flatMap((service) => {
    const [name, port, task] = [service.text('name'), service.text('port'), service.text('task')];
    service.refuse(
      [
        'provider',
        'tags',
        'canary_tags',
        'meta',
        'canary_meta',
        'connect',
        'address',
        'address_mode',
        'identity',
        'weights',
        'cluster',
      ],
      NO_REGISTRY,
    );
    const checks = service.blocks('check').flatMap((check) => {
      const read = checkOf(check, { name, port, task }, numberOf);
      check.refuseUnread();
      return read === undefined ? [] : [{ ...read, place: check.place }];
    });
    service.refuseUnread();
    return checks;
  });
}

type OfService = Readonly<Record<'name' | 'port' | 'task', string | undefined>>;

const KINDS: Readonly<Record<string, TaskCheck['type']>> = { tcp: 'tcp', http: 'http', script: 'exec' };

function checkOf(
  check: Section,
  service: OfService,
  numberOf: (label: string) => number | undefined,
): Omit<ServiceCheck, 'place'> | undefined {
  const kind = check.text('type') ?? '';
  const type = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (type === undefined) check.report(check.placeOf('type'), 'must be "tcp", "http" or "script"', 'type');
  const label = check.text('port') ?? service.port;
  check.acceptOnly('method', ['GET', ''], 'must be GET');
  check.acceptOnly('protocol', ['http', ''], 'must be http');
  const [command, args] = [check.text('command'), check.texts('args')];
  const restart = check.block('check_restart');
  const [failures, grace] = [restart?.whole('limit'), restart?.seconds('grace')];
  restart?.refuseUnread();
  const port = type === 'exec' || label === undefined ? undefined : portNumber(check, label, numberOf);
  const read = {
    name: check.text('name') ?? service.name,
    port,
    path: type === 'http' ? (check.text('path') ?? '/') : check.text('path'),
    command: command === undefined ? undefined : [command, ...(args ?? [])],
    interval_seconds: check.seconds('interval'),
    timeout_seconds: check.seconds('timeout'),
    grace_seconds: grace,
    failures,
  };
  const task = check.text('task') ?? service.task;
  if (type === undefined) return undefined;
  const made = { type, ...withoutUndefined(read) };
  const [issue] = taskCheck.safeParse(made).error?.issues ?? [];
  if (issue !== undefined) check.report(check.place, `${issue.path.join('.')}: ${issue.message}`);
  return { check: made, port: type === 'exec' ? undefined : label, task };
}

function portNumber(
  check: Section,
  label: string,
  numberOf: (label: string) => number | undefined,
): number | undefined {
  const number = /^[1-9]\d{0,4}$/.test(label) ? Number(label) : numberOf(label);
  if (number === undefined)
    check.report(check.placeOf('port'), `the group has no port ${JSON.stringify(label)}`, 'port');
  return number;
}
