import type { Backend, Lock } from '../../drivers/conda/index.js';
import { assertNever } from '../../kernel/errors/index.js';
import type { Recorded } from '../../kernel/event/index.js';
import type { Pin } from './pin.js';
import { NO_PACKAGES, requestedAfter, type EnvironmentChange, type RequestedPackages } from './change.js';
import type { EnvironmentEvent, EnvironmentEventOf } from './events.js';

export interface Generation {
  readonly number: number;
  readonly backend: Backend;
  readonly hash: string;
  readonly lock: Lock;
  readonly wanted: RequestedPackages;
  readonly disk: number | null;
  readonly at: number;
}

export interface OpenBuild {
  readonly build: number;
  readonly change: EnvironmentChange;
  readonly requestedBy: string;
  readonly plan: boolean;
}

export interface PresentEnvironment {
  readonly kind: 'present';
  readonly environmentId: string;
  readonly tenantId: string;
  readonly createdBy: string;
  readonly name: string;
  readonly nameReservation: string;
  readonly createdAt: number;
  readonly generations: readonly Generation[];
  readonly current: number | null;
  readonly newestBuild: number;
  readonly builds: readonly OpenBuild[];
  /** Tasks that run in the environment, with the time of each reference in milliseconds since 1970. */
  readonly tasks: readonly { readonly task: number; readonly at: number }[];
}

export type EnvironmentState = { readonly kind: 'none' | 'deleted' } | PresentEnvironment;

export function currentOf({
  generations,
  current,
}: Pick<PresentEnvironment, 'generations' | 'current'>): Generation | undefined {
  return generations.find(({ number }) => number === current);
}

/** Returns the generation that a run starting now is pinned to, or undefined if nothing has been built yet. */
export function pinOf(environment: EnvironmentState): Pin | undefined {
  const current = environment.kind === 'present' ? currentOf(environment) : undefined;
  if (environment.kind !== 'present' || current === undefined) return undefined;
  const { number: generation, backend, hash, lock } = current;
  return {
    environmentId: environment.environmentId,
    generation,
    lock: hash,
    backend,
    platform: lock.platform,
  };
}

export function evolveEnvironment(
  state: EnvironmentState,
  event: Recorded<EnvironmentEvent>,
): EnvironmentState {
  if (event.type === 'EnvironmentCreated') return created(event);
  if (state.kind !== 'present') return state;
  switch (event.type) {
    case 'EnvironmentRenamed':
      return { ...state, name: event.data.name, nameReservation: event.data.nameReservation };
    case 'EnvironmentOwnerChanged':
      return { ...state, createdBy: event.data.ownerId };
    case 'EnvironmentBuildRequested': {
      const { build, change, requestedBy, plan = false } = event.data;
      return {
        ...state,
        newestBuild: build,
        builds: [...state.builds, { build, change, requestedBy, plan }],
      };
    }
    case 'EnvironmentBuilt':
      return built(state, event);
    case 'EnvironmentPlanned':
    case 'EnvironmentBuildFailed':
    case 'EnvironmentBuildCancelled':
      return without(state, event.data.build);
    case 'EnvironmentRolledBack':
      return { ...state, current: event.data.generation };
    case 'EnvironmentReferred':
      return { ...state, tasks: [...state.tasks, { task: event.data.taskId, at: event.metadata.at }] };
    case 'EnvironmentLetGo':
      return { ...state, tasks: state.tasks.filter(({ task }) => !event.data.taskIds.includes(task)) };
    case 'EnvironmentDeleted':
      return { kind: 'deleted' };
    default:
      return assertNever(event);
  }
}

function created({
  data,
  metadata: { at },
}: Extract<Recorded<EnvironmentEvent>, { type: 'EnvironmentCreated' }>): PresentEnvironment {
  return {
    kind: 'present',
    ...data,
    createdAt: at,
    generations: [],
    current: null,
    newestBuild: 0,
    builds: [],
    tasks: [],
  };
}

function built(
  state: PresentEnvironment,
  { data, metadata: { at } }: Recorded<EnvironmentEventOf<'EnvironmentBuilt'>>,
): PresentEnvironment {
  const { build, backend, hash, lock, disk, keptFrom } = data;
  const open = state.builds.find((each) => each.build === build);
  const before = currentOf(state)?.wanted ?? NO_PACKAGES;
  const made: Generation = {
    number: build,
    backend,
    hash,
    lock,
    disk,
    at,
    wanted: open === undefined ? before : requestedAfter(before, open.change),
  };
  const kept = state.generations.filter(({ number }) => number >= keptFrom);
  return { ...without(state, build), generations: [...kept, made], current: build };
}

function without(state: PresentEnvironment, build: number): PresentEnvironment {
  return { ...state, builds: state.builds.filter((each) => each.build !== build) };
}
