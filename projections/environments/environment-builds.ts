import {
  buildJobOf,
  buildOf,
  nextBuildStep,
  type EnvironmentEventOf,
  type BuildProgress,
} from '#domain/environments/environment/index.js';
import { environmentEvents } from '#domain/environments/environment/events.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { dueValue, evolveWork, MAX_RETAINED_JOBS, NO_WORK, WORK_EVENTS } from '#domain/work/index.js';
import { projection, type Touch } from '#domain/kernel/projection.js';

type Failure = EnvironmentEventOf<'EnvironmentBuildFailed'>['data'];

/**
 * `environmentBuilds`, id = id of the build's job. Indexes: `environment`, `open` (the environment, while unfinished),
 * `due` (the next step is due).
 */
export interface EnvironmentBuildDocument extends BuildProgress {
  readonly tenantId: string;
  readonly requestedBy: string;
  readonly kind: 'create' | 'install' | 'remove' | 'require' | 'lock';
  readonly asked: readonly string[];
  readonly step: Failure['step'] | null;
  readonly failed: Failure['failed'];
  readonly worker: string | null;
  readonly resultAt: number | null;
  readonly requestedAt: number;
  readonly endedAt: number | null;
  readonly dropped: boolean;
}

const MAX_BUILDS = 100;
/** How long the job of a build is retained after its environment no longer exists, in milliseconds, so that the requester can see why it failed. */
const ORPHANED_BUILD_RETENTION_MS = 3_600_000;

const END_EVENTS = only(
  environmentEvents,
  'EnvironmentBuilt',
  'EnvironmentPlanned',
  'EnvironmentBuildFailed',
  'EnvironmentBuildCancelled',
);
const EVENTS = {
  ...only(environmentEvents, 'EnvironmentBuildRequested', 'EnvironmentDeleted'),
  ...END_EVENTS,
  ...WORK_EVENTS,
};
type Event = RecordedOf<typeof EVENTS>;

export const environmentBuilds = projection<EnvironmentBuildDocument, typeof EVENTS>({
  name: 'environmentBuilds',
  version: 3,
  events: EVENTS,
  indexes: {
    environment: ({ environmentId }) => environmentId,
    open: ({ environmentId, outcome }) => (outcome === null ? environmentId : undefined),
    due: (build) => dueValue(nextBuildStep(build)?.at),
  },
  touches,
  evolve: (known, event, id) => {
    const next = known === undefined ? requested(event, id) : changed(known, event, id);
    return next !== undefined && isGone(next) ? undefined : next;
  },
});

function touches({ type, data }: Event): readonly Touch[] {
  switch (type) {
    case 'EnvironmentBuildRequested': {
      const older = [data.build - MAX_RETAINED_JOBS, data.build - MAX_BUILDS].filter((build) => build > 0);
      return [data.build, ...older].map((build) => buildJobOf(data.environmentId, build));
    }
    case 'EnvironmentBuilt':
    case 'EnvironmentPlanned':
    case 'EnvironmentBuildFailed':
    case 'EnvironmentBuildCancelled':
      return [buildJobOf(data.environmentId, data.build), { where: 'open', equals: data.environmentId }];
    case 'EnvironmentDeleted':
      return [{ where: 'environment', equals: data.environmentId }];
    default:
      return buildOf(data.jobId) === undefined ? [] : [data.jobId];
  }
}

function requested(
  { type, data, metadata: { at } }: Event,
  id: string,
): EnvironmentBuildDocument | undefined {
  if (type !== 'EnvironmentBuildRequested' || buildJobOf(data.environmentId, data.build) !== id)
    return undefined;
  const { environmentId, tenantId, build, behind, requestedBy, change } = data;
  return {
    environmentId,
    tenantId,
    build,
    behind,
    requestedBy,
    kind: change.kind,
    asked: askedBy(change),
    outcome: null,
    goneAt: null,
    work: NO_WORK,
    step: null,
    failed: [],
    worker: null,
    resultAt: null,
    requestedAt: at,
    endedAt: null,
    dropped: false,
  };
}

function askedBy(
  change: EnvironmentEventOf<'EnvironmentBuildRequested'>['data']['change'],
): readonly string[] {
  switch (change.kind) {
    case 'create':
      return [...change.specs, ...change.pip];
    case 'install':
      return change.specs;
    case 'remove':
      return change.names;
    case 'require':
      return change.pip;
    case 'lock':
      return [];
  }
}

function changed(build: EnvironmentBuildDocument, event: Event, id: string): EnvironmentBuildDocument {
  const { at } = event.metadata;
  switch (event.type) {
    case 'EnvironmentBuildRequested':
      return newer(build, event.data.build, at);
    case 'EnvironmentBuilt':
    case 'EnvironmentPlanned':
    case 'EnvironmentBuildFailed':
    case 'EnvironmentBuildCancelled':
      return event.data.build === build.build
        ? ended(build, event)
        : { ...build, behind: build.behind.filter((each) => each !== event.data.build) };
    case 'EnvironmentDeleted':
      return { ...build, goneAt: at + ORPHANED_BUILD_RETENTION_MS, dropped: true };
    default: {
      if (event.data.jobId !== id) return build;
      const work = evolveWork(build.work, event);
      return work === build.work ? build : { ...build, work };
    }
  }
}

function newer(build: EnvironmentBuildDocument, newest: number, at: number): EnvironmentBuildDocument {
  if (newest - build.build < MAX_RETAINED_JOBS) return build;
  return {
    ...build,
    goneAt: build.goneAt ?? at,
    dropped: build.dropped || newest - build.build >= MAX_BUILDS,
  };
}

function ended(
  build: EnvironmentBuildDocument,
  event: RecordedOf<typeof END_EVENTS>,
): EnvironmentBuildDocument {
  const endedAt = event.metadata.at;
  if (event.type === 'EnvironmentBuildCancelled') return { ...build, outcome: 'cancelled', endedAt };
  const { worker = null, resultAt = null } = event.data;
  if (event.type === 'EnvironmentBuilt') return { ...build, outcome: 'built', worker, resultAt, endedAt };
  if (event.type === 'EnvironmentPlanned') return { ...build, outcome: 'planned', worker, resultAt, endedAt };
  return {
    ...build,
    outcome: 'failed',
    step: event.data.step,
    failed: event.data.failed,
    worker,
    resultAt,
    endedAt,
  };
}

function isGone({ dropped, outcome, work, goneAt, kind }: EnvironmentBuildDocument): boolean {
  if (!dropped || outcome === null) return false;
  // A build that never started has no job to forget. Only builds of new environments are retained, because their requesters still query them.
  return work.job === 'forgotten' || (work.job === 'none' && (goneAt === null || kind !== 'create'));
}
