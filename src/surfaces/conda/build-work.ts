import { buildResult } from '#domain/drivers/conda/index.js';
import {
  buildJobOf,
  endOf,
  environments,
  nextBuildStep,
  ownerOf,
  specificationOf,
  wantOf,
  type BuildEnd,
  type EnvironmentCommand,
  type EnvironmentEvent,
  type EnvironmentState,
  type JobEnd,
} from '#domain/environment/index.js';
import { environmentBuilds, type EnvironmentBuildDocument } from '#projections/environment-builds.js';
import { ownedWork, type AnyOwnedWork, type WorkHost } from '#src/fleet/owned-work/index.js';

/** The builds of environments: each has one job, and the oldest of an environment goes first. `keep`: generations that can be gone back to. */
export const buildWork = ({ results }: Pick<WorkHost, 'results'>, keep: number): AnyOwnedWork =>
  ownedWork<EnvironmentCommand, EnvironmentEvent, EnvironmentState, EnvironmentBuildDocument>({
    name: 'environment-builds',
    surface: 'conda',
    projection: environmentBuilds,
    aggregate: environments,
    item: ({ environmentId, build }) => ({ stream: environmentId, workId: buildJobOf(environmentId, build), jobId: buildJobOf(environmentId, build) }),
    dueAt: (build) => nextBuildStep(build)?.at,
    view: ({ work }) => work,
    settle: async (environment, document) => {
      const ended = isTurn(environment, document) === true ? endOf(document) : undefined;
      if (ended === undefined) return undefined;
      const seen = { ...(ended.worker !== undefined && { worker: ended.worker }), ...('resultAt' in ended && { resultAt: ended.resultAt }) };
      return { kind: 'settle', build: document.build, end: await becameOf(results, ended), seen, keep };
    },
    want: (environment, document) => wantOf(isTurn(environment, document), document.goneAt !== null),
    job: (environment, document) => {
      const build = environment.kind === 'present' ? environment.builds[0] : undefined;
      if (environment.kind !== 'present' || build?.build !== document.build) return undefined;
      return { specification: specificationOf(environment, build), owner: ownerOf(environment, build) };
    },
  });

/** Whether it is the oldest that has not ended; undefined: it has, or its environment is no more. */
function isTurn(environment: EnvironmentState, { build }: EnvironmentBuildDocument): boolean | undefined {
  const open = environment.kind === 'present' ? environment.builds.findIndex((each) => each.build === build) : -1;
  return open === -1 ? undefined : open === 0;
}

/** What its job gave back, as a build's end; where that is nothing, or cannot be read any more, it came to nothing. */
async function becameOf(results: WorkHost['results'], ended: JobEnd): Promise<BuildEnd> {
  if (!('resultAt' in ended)) return { outcome: 'failed', step: ended.why, failed: [] };
  const result = buildResult.safeParse(await results.read(ended.worker, ended.resultAt));
  return result.success ? result.data : { outcome: 'failed', step: 'not_run', failed: [] };
}
