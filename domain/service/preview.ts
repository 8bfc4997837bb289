import type { Recorded } from '../event/index.js';
import { MusterError } from '../errors/index.js';
import { serviceDecider, type Configuration } from './decider.js';
import { serviceErrors } from './errors.js';
import type { FormerPorts, ServiceEvent, ServiceVersion } from './events.js';
import { evolveService, rolloutOf, servingOf, type LivingDeployment, type PresentService } from './state.js';

/** What would become of a service. */
export interface ServicePreview {
  readonly action: 'start' | 'update' | 'none';
  /** What would run, under its number. */
  readonly version: ServiceVersion;
  /** What would run it: one that is to begin, or the one that does already. */
  readonly deployment: LivingDeployment;
  /** Deployments that would end before it begins. */
  readonly ends: readonly number[];
  /** The version that runs now; undefined: none. */
  readonly running: ServiceVersion | undefined;
}

/**
 * What a change of configuration would do, or none: a service that runs would be rolled over to it, one that does not would be started with it. It is
 * decided by the decider of the commands themselves; nothing comes of it. Errors: those of the commands.
 */
export function previewOf(
  state: PresentService,
  { configuration, ports, now }: { readonly configuration?: Configuration | undefined; readonly ports?: FormerPorts | undefined; readonly now: number },
): ServicePreview {
  const by = '';
  const changed = configuration === undefined ? state : after(state, { kind: 'change', configuration, by, now, ports }, now);
  const then = changed.living.size === 0 ? after(changed, { kind: 'start', by, now }, now) : changed;
  const deployment = rolloutOf(then) ?? servingOf(then);
  const version = deployment && then.versions.get(deployment.version);
  if (deployment === undefined || version === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  const present = servingOf(state) ?? rolloutOf(state);
  return {
    action: then.deployments === state.deployments ? 'none' : state.living.size === 0 ? 'start' : 'update',
    ...{ version, deployment, ends: [...state.living.keys()].filter((number) => !then.living.has(number)) },
    running: present && state.versions.get(present.version),
  };
}

function after(state: PresentService, command: Parameters<typeof serviceDecider.decide>[0], now: number): PresentService {
  const said = serviceDecider
    .decide(command, state)
    .reduce((each, event) => evolveService(each, recorded(event, now)), state as ReturnType<typeof evolveService>);
  if (said.kind !== 'present') throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  return said;
}

/** As if it had happened. */
function recorded(event: ServiceEvent, at: number): Recorded<ServiceEvent> {
  return { ...event, id: '', stream: '', revision: 0, position: 0n, metadata: { $correlationId: '', $causationId: '', at, v: 1 } };
}
