import { nameOf, type BuildResult } from '../../drivers/conda/index.js';
import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import type { OwnerEnd } from '../../work/owner-end.js';
import {
  containsPackage,
  packageNamesIn,
  NO_PACKAGES,
  notRequested,
  type EnvironmentChange,
} from './change.js';
import { environmentErrors } from './errors.js';
import type { BUILD_FAILURES, EnvironmentEvent, EnvironmentEventOf } from './events.js';
import {
  evolveEnvironment,
  type EnvironmentState,
  type Generation,
  type PresentEnvironment,
} from './state.js';

export const MAX_OPEN_BUILDS = 20;

type Failure = EnvironmentEventOf<'EnvironmentBuildFailed'>['data'];

export type BuildEnd =
  | Extract<BuildResult, { outcome: 'built' }>
  | {
      readonly outcome: 'failed';
      readonly step: (typeof BUILD_FAILURES)[number];
      readonly failed: Failure['failed'];
    };

export type EnvironmentCommand =
  | {
      readonly kind: 'create';
      readonly environment: Pick<
        PresentEnvironment,
        'environmentId' | 'tenantId' | 'createdBy' | 'name' | 'nameReservation'
      >;
      readonly change: EnvironmentChange;
    }
  | {
      readonly kind: 'change';
      readonly change: EnvironmentChange;
      readonly requestedBy: string;
      readonly plan?: boolean;
    }
  | {
      readonly kind: 'settle';
      readonly build: number;
      readonly end: BuildEnd;
      readonly seen: { readonly worker?: string; readonly resultAt?: number };
      readonly keep: number;
    }
  | { readonly kind: 'cancelBuild'; readonly build: number }
  | { readonly kind: 'rollBack'; readonly generation: number; readonly requestedBy: string }
  | { readonly kind: 'rename'; readonly name: string; readonly nameReservation: string }
  | { readonly kind: 'refer'; readonly taskId: number }
  | { readonly kind: 'letGo'; readonly taskIds: readonly number[] }
  | { readonly kind: 'ownerEnded'; readonly end: OwnerEnd }
  | { readonly kind: 'delete'; readonly ended: readonly number[] };

/** Repeating a command that already took effect appends nothing. */
export const environmentDecider: Decider<EnvironmentCommand, EnvironmentEvent, EnvironmentState> = {
  initialState: { kind: 'none' },
  decide,
  evolve: evolveEnvironment,
};

function decide(command: EnvironmentCommand, state: EnvironmentState): readonly EnvironmentEvent[] {
  if (command.kind === 'create') return create(command, state);
  if (state.kind !== 'present') {
    if (command.kind === 'settle' || command.kind === 'letGo' || command.kind === 'ownerEnded') return [];
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND);
  }
  const { environmentId } = state;
  switch (command.kind) {
    case 'change':
      return [requested(state, command)];
    case 'settle':
      return settle(command, state);
    case 'cancelBuild':
      return cancel(command.build, state);
    case 'rollBack':
      return rollBack(command, state);
    case 'rename': {
      const { name, nameReservation } = command;
      return state.name === name
        ? []
        : [
            {
              type: 'EnvironmentRenamed',
              data: { environmentId, name, nameReservation, before: state.name },
            },
          ];
    }
    case 'refer':
      return state.tasks.some(({ task }) => task === command.taskId)
        ? []
        : [{ type: 'EnvironmentReferred', data: { environmentId, taskId: command.taskId } }];
    case 'letGo': {
      const taskIds = command.taskIds.filter((each) => state.tasks.some(({ task }) => task === each));
      return taskIds.length === 0 ? [] : [{ type: 'EnvironmentLetGo', data: { environmentId, taskIds } }];
    }
    case 'ownerEnded':
      return ownerEnded(command.end, state);
    case 'delete':
      return remove(command.ended, state);
    default:
      return assertNever(command);
  }
}

function create(
  { environment, change }: Extract<EnvironmentCommand, { kind: 'create' }>,
  state: EnvironmentState,
): readonly EnvironmentEvent[] {
  if (state.kind !== 'none') return [];
  const { environmentId, tenantId, createdBy } = environment;
  return [
    { type: 'EnvironmentCreated', data: environment },
    {
      type: 'EnvironmentBuildRequested',
      data: { environmentId, tenantId, build: 1, change, requestedBy: createdBy, behind: [] },
    },
  ];
}

function requested(
  state: PresentEnvironment,
  { change, requestedBy, plan }: Extract<EnvironmentCommand, { kind: 'change' }>,
): EnvironmentEvent {
  if (state.builds.length >= MAX_OPEN_BUILDS)
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_TOO_MANY_BUILDS, { most: MAX_OPEN_BUILDS });
  const { environmentId, tenantId, newestBuild, builds } = state;
  const behind = builds.map(({ build }) => build);
  return {
    type: 'EnvironmentBuildRequested',
    data: {
      environmentId,
      tenantId,
      build: newestBuild + 1,
      change,
      requestedBy,
      behind,
      ...(plan === true && { plan }),
    },
  };
}

function settle(
  { build, end, seen, keep }: Extract<EnvironmentCommand, { kind: 'settle' }>,
  state: PresentEnvironment,
): readonly EnvironmentEvent[] {
  const { environmentId, tenantId } = state;
  const [open] = state.builds;
  if (open?.build !== build) return [];
  if (end.outcome === 'failed') {
    const { step } = end;
    const failed = blamedPackages(open.change, end.failed);
    const events: EnvironmentEvent[] = [
      { type: 'EnvironmentBuildFailed', data: { environmentId, build, step, failed, ...seen } },
    ];
    // An environment whose first build failed is deleted, which frees its name. The failure is reported to the requester.
    if (state.current === null && state.builds.length === 1)
      events.push({ type: 'EnvironmentDeleted', data: { environmentId, reason: 'not_built' } });
    return events;
  }
  if (open.plan) return [{ type: 'EnvironmentPlanned', data: { environmentId, build, ...seen } }];
  const { backend, hash, lock, disk } = end;
  return [
    {
      type: 'EnvironmentBuilt',
      data: {
        environmentId,
        tenantId,
        build,
        backend,
        hash,
        lock,
        disk,
        keptFrom: oldestRetainedGeneration(state, build, keep),
        ...seen,
      },
    },
  ];
}

/** Returns the failed packages that this change requested, or all failed packages if there are none, because earlier requests conflict with it. */
function blamedPackages(change: EnvironmentChange, failed: Failure['failed']): Failure['failed'] {
  const names = packageNamesIn(change);
  const own = failed.filter(({ name }) => names.has(nameOf(name)));
  return own.length > 0 ? own : failed;
}

/** Returns the oldest generation to retain so that `keep` remain after this build. */
export function oldestRetainedGeneration(
  { generations }: Pick<PresentEnvironment, 'generations'>,
  build: number,
  keep: number,
): number {
  return (keep > 1 ? generations.slice(1 - keep)[0]?.number : undefined) ?? build;
}

function cancel(build: number, state: PresentEnvironment): readonly EnvironmentEvent[] {
  const { environmentId, builds, newestBuild, current } = state;
  if (build > newestBuild)
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND, { build });
  if (!builds.some((each) => each.build === build))
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_BUILD_ENDED, { build });
  const events: EnvironmentEvent[] = [
    { type: 'EnvironmentBuildCancelled', data: { environmentId, build, reason: 'requested' } },
  ];
  if (current === null && builds.length === 1)
    events.push({ type: 'EnvironmentDeleted', data: { environmentId, reason: 'not_built' } });
  return events;
}

/** The environment goes to the heir of its owner. Without an heir its builds are cancelled, and its generations remain. */
function ownerEnded({ how, userId, heir }: OwnerEnd, state: PresentEnvironment): readonly EnvironmentEvent[] {
  const { environmentId, builds, current } = state;
  if (state.createdBy !== userId) return [];
  if (heir !== undefined)
    return [{ type: 'EnvironmentOwnerChanged', data: { environmentId, ownerId: heir, because: how } }];
  const events = builds.map(({ build }): EnvironmentEvent => ({
    type: 'EnvironmentBuildCancelled',
    data: { environmentId, build, reason: 'requested', because: how },
  }));
  if (current === null && events.length > 0)
    events.push({ type: 'EnvironmentDeleted', data: { environmentId, reason: 'not_built' } });
  return events;
}

function rollBack(
  { generation, requestedBy }: Extract<EnvironmentCommand, { kind: 'rollBack' }>,
  state: PresentEnvironment,
): readonly EnvironmentEvent[] {
  const { environmentId, generations, current } = state;
  if (current === null || !generations.some(({ number }) => number === generation))
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND, { generation });
  if (current === generation) return [];
  return [
    { type: 'EnvironmentRolledBack', data: { environmentId, generation, before: current, requestedBy } },
  ];
}

function remove(ended: readonly number[], state: PresentEnvironment): readonly EnvironmentEvent[] {
  const { environmentId, tasks, builds } = state;
  if (tasks.some(({ task }) => !ended.includes(task)))
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_REFERENCED);
  return [
    ...builds.map(({ build }): EnvironmentEvent => ({
      type: 'EnvironmentBuildCancelled',
      data: { environmentId, build, reason: 'deleted' },
    })),
    { type: 'EnvironmentDeleted', data: { environmentId, reason: 'requested' } },
  ];
}

/** Returns why packages cannot be removed: other packages depend on them, or they are not installed. */
export function unremovablePackages(
  generation: Generation | undefined,
  names: readonly string[],
): Failure['failed'] {
  const { lock, wanted = NO_PACKAGES } = generation ?? {};
  return notRequested(wanted, names).map((name) => ({
    name,
    why: lock !== undefined && containsPackage(lock, name) ? 'conflict' : 'not_installed',
  }));
}
