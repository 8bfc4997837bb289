import { stateAfter } from '../../kernel/event/index.js';
import { MusterError } from '../../kernel/errors/index.js';
import { serviceDecider, type Configuration, type ServiceCommand } from './decider.js';
import { serviceErrors } from './errors.js';
import type { FormerPorts, ServiceVersion } from './events.js';
import { deploymentJobOf } from './identifier.js';
import { specificationOf } from './job.js';
import { workVersionOf } from './deployment-state.js';
import { evaluationOf } from '../../work/index.js';
import type { JobSpecification } from '../../jobs/job/specification.js';
import {
  rolloutOf,
  servingOf,
  type ActiveDeployment,
  type PresentService,
  type ServiceState,
} from './state.js';

export interface PreviewStep {
  readonly specification: JobSpecification;
  readonly evaluationId: string;
  readonly others: Readonly<Record<string, number>>;
}

export interface ServicePreview {
  readonly action: 'start' | 'update' | 'none';
  readonly version: ServiceVersion;
  readonly deployment: ActiveDeployment;
  readonly steps: readonly [PreviewStep, ...PreviewStep[]];
  readonly running: ServiceVersion | undefined;
}

/**
 * Previews a configuration change, or a start without one, using the same decider as the commands: a running service would be rolled out, a stopped
 * one started. Appends nothing. Throws the same errors as the commands.
 */
export function previewOf(
  state: PresentService,
  {
    configuration,
    ports,
    now,
  }: {
    readonly configuration?: Configuration | undefined;
    readonly ports?: FormerPorts | undefined;
    readonly now: number;
  },
): ServicePreview {
  const by = '';
  const changed =
    configuration === undefined
      ? state
      : after(state, { kind: 'change', configuration, by, now, ports }, now);
  const then = changed.living.size === 0 ? after(changed, { kind: 'start', by, now }, now) : changed;
  const deployment = rolloutOf(then) ?? servingOf(then);
  const version = deployment && then.versions.get(deployment.version);
  if (deployment === undefined || version === undefined)
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  const present = servingOf(state) ?? rolloutOf(state);
  return {
    action: then.deployments === state.deployments ? 'none' : state.living.size === 0 ? 'start' : 'update',
    version,
    deployment,
    steps: stepsOf(state, then, deployment.number, now),
    running: present && state.versions.get(present.version),
  };
}

function stepsOf(
  before: PresentService,
  then: PresentService,
  number: number,
  now: number,
): [PreviewStep, ...PreviewStep[]] {
  const steps: [PreviewStep, ...PreviewStep[]] = [stepOf(before, then, number)];
  for (let each = then; rolloutOf(each)?.number === number;) {
    const { instances, plan } = rolloutOf(each)!.standing;
    const well =
      instances < plan.count
        ? ({ kind: 'advance', number, healthy: instances } as const)
        : ({
            kind: 'settle',
            number,
            outcome: 'completed',
            reason: { code: 'healthy', message: '' },
            now,
          } as const);
    each = after(each, well, now);
    steps.push(stepOf(before, each, number));
  }
  return steps;
}

function stepOf(before: PresentService, state: PresentService, number: number): PreviewStep {
  const { serviceId, living, versions } = state;
  const deployment = living.get(number);
  const version = deployment && versions.get(deployment.version);
  if (deployment === undefined || version === undefined)
    throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  const jobId = deploymentJobOf(serviceId, number);
  const others = [...before.living.keys()].filter((each) => each !== number);
  return {
    specification: specificationOf(deployment, version),
    evaluationId: evaluationOf(jobId, { to: 'be', version: workVersionOf(deployment.standing) }),
    others: Object.fromEntries(
      others.map((each) => [deploymentJobOf(serviceId, each), living.get(each)?.standing.instances ?? 0]),
    ),
  };
}

function after(state: PresentService, command: ServiceCommand, now: number): PresentService {
  const said = stateAfter(serviceDecider, state as ServiceState, command, now);
  if (said.kind !== 'present') throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
  return said;
}
