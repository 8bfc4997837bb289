import type { FastifyReply } from 'fastify';
import { buildResult } from '#domain/drivers/conda/index.js';
import { BUILD_GROUP, buildJobOf } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { tenantRefusalOf } from '#domain/drivers/tenant-refusal.js';
import { fitNodes, openNodes } from '#domain/scheduling/plan-log/blocked-nodes.js';
import {
  environmentBuilds,
  type EnvironmentBuildDocument,
} from '#projections/environments/environment-builds.js';
import type { Requested } from './environments.js';
import { sentenceOf } from './environment-view.js';
import type { CondaSurface } from './surface.js';

const BUILD_TIMEOUT_MS = 900_000;
const PLACEMENT_TIMEOUT_MS = 15_000;
/** Maximum and minimum poll interval, in milliseconds. */
const POLL_INTERVAL_MS = [1_000, 20] as const;

/**
 * Waits until a build ends. A build continues even if no request waits for it. Throws `MUSTER_E_OVERLOADED` on a timeout, if there is no suitable
 * node, or if the server stops. Repeating the request with the same `Idempotency-Key` then waits for the same build.
 */
export async function awaitBuild(
  surface: CondaSurface,
  reply: FastifyReply,
  { environmentId, build, position }: Requested,
): Promise<EnvironmentBuildDocument> {
  const { readModels, clock } = surface.parts;
  const [most, least] = POLL_INTERVAL_MS;
  const signal = surface.followers.admit(reply);
  const began = clock.monotonic();
  if (position !== undefined) await readModels.waitFor(position, most);
  for (;;) {
    const seen = readModels.position();
    const document = await surface.document<EnvironmentBuildDocument>(
      reply,
      environmentBuilds.name,
      buildJobOf(environmentId, build),
    );
    if (document !== undefined && document.outcome !== null) return document;
    const waited = clock.monotonic() - began;
    const lacking = document === undefined ? undefined : lackOf(document);
    if (lacking !== undefined && waited > PLACEMENT_TIMEOUT_MS) throw unfinished(lacking);
    if (waited > BUILD_TIMEOUT_MS || signal.aborted) throw unfinished('the build is still running');
    await clock.sleep(least, signal);
    await readModels.waitFor(seen + 1n, most);
  }
}

function lackOf({ work }: EnvironmentBuildDocument): string | undefined {
  const blocked = work.blocked?.[BUILD_GROUP];
  if (blocked === undefined) return undefined;
  if (openNodes(blocked) === 0) return 'no node is available, so the build is waiting';
  if (fitNodes(blocked) > 0) return undefined;
  return Object.keys(blocked.filtered).some((filter) => tenantRefusalOf(filter) !== undefined)
    ? 'no available node with the conda driver runs processes of tenants, so the build is waiting'
    : 'no available node has the conda driver, so the build is waiting';
}

function unfinished(what: string): MusterError {
  return new MusterError('MUSTER_E_OVERLOADED', { what });
}

export interface Refused {
  readonly success: false;
  readonly message: string;
  readonly error: string;
  readonly failed_packages?: string[];
  readonly error_details?: string[];
}

const CHANNELS_HINT =
  'Environments can use only the channels in MUSTER_CONDA_CHANNELS of the nodes. An operator can add others there, such as bioconda.';

export async function refusalOf(
  surface: CondaSurface,
  build: EnvironmentBuildDocument,
  message: string,
): Promise<Refused> {
  const failed = build.failed.length > 0 && {
    failed_packages: build.failed.map(({ name }) => name),
    error_details: build.failed.map(sentenceOf),
  };
  const hint = build.failed.some(({ why }) => why === 'not_found') ? `\n${CHANNELS_HINT}` : '';
  return { success: false, message, ...failed, error: `${await errorOf(surface, build)}${hint}` };
}

async function errorOf(
  { parts: { results } }: CondaSurface,
  { outcome, step, worker, resultAt, work }: EnvironmentBuildDocument,
): Promise<string> {
  if (outcome === 'cancelled') return 'The build was cancelled';
  if (step === 'no_room')
    return 'The environments of the tenant would exceed their disk quota (MUSTER_CONDA_TENANT_GB)';
  const result =
    worker === null || resultAt === null
      ? undefined
      : buildResult.safeParse(await results.read(worker, resultAt)).data;
  if (result?.outcome === 'failed') return result.error;
  const slot = work.groups[BUILD_GROUP]?.slots[0];
  const told = Object.values(slot?.tasks ?? {})[0];
  const message = told?.error ?? told?.message ?? slot?.message;
  if (step === 'timeout') return 'The build took longer than an hour';
  if (step === 'lost') return 'The node that ran the build was lost';
  return message ?? 'The build was not carried out';
}
