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
import { lastLines, linesOf, type lineTimes, openTaskLog } from '#src/features/task-logs/index.js';
import { newestFirst, read, wireTime } from '#src/http/index.js';
import type { ServicesSurface } from './surface.js';

export interface LogPlace {
  readonly held: WorkSlot | null;
  readonly ends: readonly LastOutput[];
}

export interface LineSelection extends ReturnType<typeof lineTimes> {
  readonly stream: LogQuery['stream'];
  readonly tail: number | undefined;
}

/** A batch of log lines. `ours` marks Muster's own messages about the log. */
export interface LogPiece {
  readonly ours: boolean;
  readonly lines: readonly string[];
}

/**
 * Returns the slots of one deployment, which may have ended. By default, returns the slots of the active deployments, or of the latest
 * deployment if the active ones have not placed anything. Throws `MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND`.
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
 * Reads a slot's log from the node of its instance, task by task. If the node cannot provide the log, yields the stored end of its output, or
 * of the output of earlier instances. Throws `MUSTER_E_SERVICE_LOGS` if a node that exists or may return does not respond.
 */
export async function* logPiecesOf(
  surface: ServicesSurface,
  place: LogPlace,
  asked: LineSelection,
  signal: AbortSignal,
): AsyncGenerator<LogPiece> {
  const { ends } = place;
  if (!hasStarted(place)) {
    if (ends.length > 0) yield said('no new instance has started here');
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
      ? 'the node of this instance is no longer available'
      : absent
        ? 'the node of this instance no longer has its log'
        : 'the node of this instance does not respond';
    if (own.length === 0) {
      yield said(`${why}, and none of its output was stored`);
      yield* formerOnes(surface, ends, asked);
    } else for (const end of own) yield* kept(surface, end, `${why}: the end of its output until`, asked);
  }
}

export function hasStarted(place: LogPlace): place is LogPlace & { readonly held: WorkSlot } {
  return place.held !== null && Object.keys(place.held.tasks).length > 0;
}

/** Yields the stored output of earlier instances, for a client that follows slots in which no instance has started. */
export async function* nothingToFollow(
  surface: ServicesSurface,
  places: readonly LogPlace[],
  asked: LineSelection,
): AsyncGenerator<readonly string[]> {
  yield said('no instance has started, so there is nothing to follow yet').lines;
  for (const { ends } of places) for await (const { lines } of formerOnes(surface, ends, asked)) yield lines;
}

/** Returns the stored end of an instance's output, or undefined if none is readable. */
export async function outputOf(
  { parts }: ServicesSurface,
  end: LastOutput | undefined,
  stream: LogQuery['stream'],
): Promise<string | undefined> {
  const given = end && (await outputAt(parts.results, end.nodeId, end.resultAt));
  return stream === 'both' ? given?.output : given?.streams[stream];
}

function ownEndsOf({ held, ends }: LogPlace): readonly LastOutput[] {
  return ends.filter(({ allocationId }) => allocationId === held?.allocationId);
}

async function* formerOnes(
  surface: ServicesSurface,
  ends: readonly LastOutput[],
  asked: LineSelection,
): AsyncGenerator<LogPiece> {
  for (const end of ends)
    yield* kept(surface, end, 'the end of the output of an earlier instance until', asked);
}

async function* kept(
  surface: ServicesSurface,
  end: LastOutput,
  what: string,
  { stream, tail }: LineSelection,
): AsyncGenerator<LogPiece> {
  const text = await outputOf(surface, end, stream);
  const until = end.endTime === null ? 'its end' : wireTime(end.endTime * 1000);
  yield said(
    `${what} ${until}, at most ${MAX_OUTPUT_BYTES / 1024} KiB${text === undefined ? ', is no longer readable' : ''}`,
  );
  for await (const lines of linesOf(Readable.from([Buffer.from(lastLines(text ?? '', tail))])))
    yield { ours: false, lines };
}

export function said(words: string): LogPiece {
  return { ours: true, lines: [`-- muster: ${words} --`] };
}

async function isGone({ parts }: ServicesSurface, nodeId: string): Promise<boolean> {
  const stored = await parts.readModels.get(nodes.name, nodeId);
  return stored === undefined || read<NodeDocument>(stored).down;
}
