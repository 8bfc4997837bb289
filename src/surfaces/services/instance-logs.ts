import { Readable } from 'node:stream';
import { MAX_OUTPUT_BYTES } from '#domain/drivers/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { WorkSlot } from '#domain/work/index.js';
import {
  deploymentKeyOf,
  SERVICE_GROUP,
  serviceErrors,
  type LastOutput,
} from '#domain/services/service/index.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import {
  serviceDeployments,
  type ServiceDeploymentDocument,
} from '#projections/services/service-deployments.js';
import { outputAt } from '#src/fleet/tasks/index.js';
import { lastLines, linesOf, newestFirst, openTaskLog, read, wireTime } from '#src/surfaces/kit/index.js';
import type { ServicesSurface } from './surface.js';

/** One slot of a deployment, with its logs. */
export interface LogPlace {
  /** The current or last instance; null before the first one. */
  readonly held: WorkSlot | null;
  /** Stored ends of its former instances, oldest first. */
  readonly ends: readonly LastOutput[];
}

export interface LineSelection {
  readonly stream: LogQuery['stream'];
  readonly tail: number | undefined;
  readonly since: number | undefined;
}

/** A batch of log lines. `ours`: messages about the log itself. */
export interface LogPiece {
  readonly ours: boolean;
  readonly lines: readonly string[];
}

/**
 * Returns the slots of one deployment, which may have ended; by default those of living deployments, or of the newest if nothing was placed for
 * these. Errors: `MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND`.
 */
export async function logPlacesOf(
  surface: ServicesSurface,
  serviceId: string,
  deployment: number | undefined,
): Promise<readonly LogPlace[]> {
  const { readModels } = surface.parts;
  if (deployment !== undefined) {
    const stored = await readModels.get(serviceDeployments.name, deploymentKeyOf(serviceId, deployment));
    if (stored === undefined)
      throw new MusterError(serviceErrors.MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND, { deployment });
    return placesIn(read<ServiceDeploymentDocument>(stored));
  }
  const living = (await surface.living(serviceId)).flatMap(placesIn);
  if (living.length > 0) return living;
  const where = { index: 'service', value: serviceId };
  for await (const stored of newestFirst(readModels, serviceDeployments.name, where, 1))
    return placesIn(read<ServiceDeploymentDocument>(stored));
  return [];
}

function placesIn({ work, ends: all }: ServiceDeploymentDocument): LogPlace[] {
  return (work.groups[SERVICE_GROUP]?.slots ?? []).flatMap((held, slot) => {
    const ends = (all ?? []).filter((end) => end.slot === slot);
    return held === null && ends.length === 0 ? [] : [{ held, ends }];
  });
}

/**
 * Reads a slot's log from the node of its instance, task by task. If the node cannot provide it, the stored end follows, or those of earlier
 * instances. Errors: `MUSTER_E_SERVICE_LOGS` if a node that exists or may return does not respond.
 */
export async function* logPiecesOf(
  surface: ServicesSurface,
  place: LogPlace,
  asked: LineSelection,
  signal: AbortSignal,
): AsyncGenerator<LogPiece> {
  const { ends } = place;
  if (!hasStarted(place)) {
    if (ends.length > 0) yield said('no instance has started here since');
    yield* formerOnes(surface, ends, asked);
    return;
  }
  const { held } = place;
  const { nodeId, allocationId, tasks } = held;
  try {
    for (const task of Object.keys(tasks)) {
      const log = {
        nodeId,
        allocationId,
        task,
        follow: false,
        ...asked,
        absent: serviceErrors.MUSTER_E_SERVICE_LOGS,
      };
      for await (const lines of linesOf(await openTaskLog(surface.parts, log, () => signal)))
        yield { ours: false, lines };
    }
  } catch (error) {
    const absent =
      isMusterError(error, serviceErrors.MUSTER_E_SERVICE_LOGS) ||
      isMusterError(error, 'MUSTER_E_LOG_NOT_KEPT');
    if (!absent && !isMusterError(error, 'MUSTER_E_AGENT_UNREACHABLE')) throw error;
    const gone = await isGone(surface, nodeId);
    const own = ownEndsOf(place);
    const over = held.ended !== null || held.released !== null;
    if (own.length === 0 && !gone && !(absent && over))
      throw new MusterError(serviceErrors.MUSTER_E_SERVICE_LOGS);
    const why = gone
      ? 'the node of this instance is gone'
      : absent
        ? 'the node of this instance keeps its log no longer'
        : 'the node of this instance does not answer';
    if (own.length === 0) {
      yield said(`${why}, and nothing of what it wrote was kept`);
      yield* formerOnes(surface, ends, asked);
    } else for (const end of own) yield* kept(surface, end, `${why}: the end of what it wrote until`, asked);
  }
}

export function hasStarted(place: LogPlace): place is LogPlace & { readonly held: WorkSlot } {
  return place.held !== null && Object.keys(place.held.tasks).length > 0;
}

/** Yields what exists for slots without a started instance, to a client that wants to follow. */
export async function* nothingToFollow(
  surface: ServicesSurface,
  places: readonly LogPlace[],
  asked: LineSelection,
): AsyncGenerator<readonly string[]> {
  yield said('no instance has started, and there is nothing to follow yet').lines;
  for (const { ends } of places) for await (const { lines } of formerOnes(surface, ends, asked)) yield lines;
}

export function ownEndsOf({ held, ends }: LogPlace): readonly LastOutput[] {
  return ends.filter(({ allocationId }) => allocationId === held?.allocationId);
}

async function* formerOnes(
  surface: ServicesSurface,
  ends: readonly LastOutput[],
  asked: LineSelection,
): AsyncGenerator<LogPiece> {
  for (const end of ends)
    yield* kept(surface, end, 'the end of what an instance before it wrote until', asked);
}

async function* kept(
  { parts }: ServicesSurface,
  { nodeId, resultAt, endTime }: LastOutput,
  what: string,
  { stream, tail }: LineSelection,
): AsyncGenerator<LogPiece> {
  const given = await outputAt(parts.results, nodeId, resultAt);
  const until = endTime === null ? 'its end' : wireTime(endTime * 1000);
  yield said(
    `${what} ${until}, at most ${MAX_OUTPUT_BYTES / 1024} KiB${given === undefined ? ', cannot be read any more' : ''}`,
  );
  const text = (stream === 'both' ? given?.output : given?.streams[stream]) ?? '';
  for await (const lines of linesOf(Readable.from([Buffer.from(lastLines(text, tail))])))
    yield { ours: false, lines };
}

function said(words: string): LogPiece {
  return { ours: true, lines: [`-- muster: ${words} --`] };
}

async function isGone({ parts }: ServicesSurface, nodeId: string): Promise<boolean> {
  const stored = await parts.readModels.get(nodes.name, nodeId);
  return stored === undefined || read<NodeDocument>(stored).down;
}
