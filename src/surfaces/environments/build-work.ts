import { buildResult } from '#domain/drivers/conda/index.js';
import {
  buildJobOf,
  endOf,
  environments,
  oldestRetainedGeneration,
  nextBuildStep,
  ownerOf,
  specificationOf,
  desiredJobOf,
  type BuildEnd,
  type EnvironmentCommand,
  type EnvironmentEvent,
  type EnvironmentState,
  type JobEnd,
} from '#domain/environments/environment/index.js';
import {
  environmentBuilds,
  type EnvironmentBuildDocument,
} from '#projections/environments/environment-builds.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import type { CondaSettings } from './settings.js';
import { TenantDiskQuota, type DiskQuotaParts } from './tenant-disk-quota.js';

type Results = Pick<TaskResults, 'read'>;

/** Runs each environment build as a job. The oldest build of an environment runs first. */
export function buildWork(
  parts: DiskQuotaParts & { readonly results: Results },
  { keepGenerations: keep, tenantBytes }: CondaSettings,
): AnyOwnedWork {
  const room = tenantBytes === undefined ? undefined : new TenantDiskQuota(parts, tenantBytes);
  return ownedWork<EnvironmentCommand, EnvironmentEvent, EnvironmentState, EnvironmentBuildDocument>({
    name: 'environment-builds',
    surface: 'conda',
    projection: environmentBuilds,
    aggregate: environments,
    item: ({ environmentId, build }) => ({
      stream: environmentId,
      workId: buildJobOf(environmentId, build),
      jobId: buildJobOf(environmentId, build),
    }),
    origin: ({ environmentId, build }) => ({ stream: environmentId, fields: { build } }),
    dueAt: (build) => nextBuildStep(build)?.at,
    view: ({ work }) => work,
    settle: async (environment, document) => {
      const ended = isNext(environment, document) === true ? endOf(document) : undefined;
      if (ended === undefined) return undefined;
      const seen = {
        ...(ended.worker !== undefined && { worker: ended.worker }),
        ...('resultAt' in ended && { resultAt: ended.resultAt }),
      };
      const end = await becameOf(parts.results, ended);
      return {
        kind: 'settle',
        build: document.build,
        end: await withinQuota(room, environment, document.build, end, keep),
        seen,
        keep,
      };
    },
    want: (environment, document) => desiredJobOf(isNext(environment, document), document.goneAt !== null),
    job: (environment, document) => {
      const build = environment.kind === 'present' ? environment.builds[0] : undefined;
      if (environment.kind !== 'present' || build?.build !== document.build) return undefined;
      return { specification: specificationOf(environment, build), owner: ownerOf(environment, build) };
    },
  });
}

function isNext(environment: EnvironmentState, { build }: EnvironmentBuildDocument): boolean | undefined {
  const open =
    environment.kind === 'present' ? environment.builds.findIndex((each) => each.build === build) : -1;
  return open === -1 ? undefined : open === 0;
}

async function becameOf(results: Results, ended: JobEnd): Promise<BuildEnd> {
  if (!('resultAt' in ended)) return { outcome: 'failed', step: ended.why, failed: [] };
  const result = buildResult.safeParse(await results.read(ended.worker, ended.resultAt));
  return result.success ? result.data : { outcome: 'failed', step: 'not_run', failed: [] };
}

async function withinQuota(
  room: TenantDiskQuota | undefined,
  environment: EnvironmentState,
  build: number,
  end: BuildEnd,
  keep: number,
): Promise<BuildEnd> {
  if (
    room === undefined ||
    end.outcome !== 'built' ||
    environment.kind !== 'present' ||
    environment.builds[0]?.plan === true
  )
    return end;
  const { environmentId } = environment;
  const made = {
    environmentId,
    build,
    hash: end.hash,
    disk: end.disk,
    keptFrom: oldestRetainedGeneration(environment, build, keep),
  };
  return (await room.take(environment, made)) ? end : { outcome: 'failed', step: 'no_room', failed: [] };
}
