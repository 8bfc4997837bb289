import { Readable } from 'node:stream';
import { OUTPUT_BYTES } from '#domain/drivers/index.js';
import { isMusterError, MusterError } from '#domain/errors/index.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { WorkSlot } from '#domain/owned-work/index.js';
import { deploymentKeyOf, SERVICE_GROUP, serviceErrors, type KeptEnd } from '#domain/service/index.js';
import { nodes, type NodeDocument } from '#projections/nodes.js';
import { serviceDeployments, type ServiceDeploymentDocument } from '#projections/service-deployments.js';
import { givenBack } from '#src/fleet/tasks/index.js';
import { lastLines, linesOf, newestFirst, openTaskLog, read, wireTime } from '#src/surfaces/kit/index.js';
import type { ServicesSurface } from './surface.js';

/** A place among the instances of a deployment, as its log is read. */
export interface LogPlace {
  /** What holds it, or held it last; null: nothing is placed there yet. */
  readonly held: WorkSlot | null;
  /** What is kept of those that held it and ended, the oldest first. */
  readonly ends: readonly KeptEnd[];
}

/** Which lines. */
export interface LinesAsked {
  readonly stream: LogQuery['stream'];
  /** The last so many; undefined: all that are kept. */
  readonly tail: number | undefined;
  /** Unix seconds: what containers have written since. */
  readonly since: number | undefined;
}

/** Lines of a log, as many at once as there are. `ours`: words about the log, which nobody has written to it. */
export interface LogPiece {
  readonly ours: boolean;
  readonly lines: readonly string[];
}

/**
 * Where its logs are: the places of one deployment, which may be over; undefined: those of the deployments that live, and where nothing was placed for these
 * those of the newest. Error: `MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND`.
 */
export async function logPlacesOf(surface: ServicesSurface, serviceId: string, deployment: number | undefined): Promise<readonly LogPlace[]> {
  const { readModels } = surface.parts;
  if (deployment !== undefined) {
    const stored = await readModels.get(serviceDeployments.name, deploymentKeyOf(serviceId, deployment));
    if (stored === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND, { deployment });
    return placesIn(read<ServiceDeploymentDocument>(stored));
  }
  const living = (await surface.living(serviceId)).flatMap(placesIn);
  if (living.length > 0) return living;
  const where = { index: 'service', value: serviceId };
  for await (const stored of newestFirst(readModels, serviceDeployments.name, where, 1)) return placesIn(read<ServiceDeploymentDocument>(stored));
  return [];
}

function placesIn({ work, ends: all }: ServiceDeploymentDocument): LogPlace[] {
  return (work.groups[SERVICE_GROUP]?.slots ?? []).flatMap((held, slot) => {
    const ends = (all ?? []).filter((end) => end.slot === slot);
    return held === null && ends.length === 0 ? [] : [{ held, ends }];
  });
}

/**
 * What is written in a place, by the node of what holds it, its tasks one after another. Where the node cannot say it, the end that was kept when the instance ended; where
 * there is none, what is kept of those before it. Error: `MUSTER_E_SERVICE_LOGS` for a node that is there, or may come back, and does not say it.
 */
export async function* logPiecesOf(surface: ServicesSurface, place: LogPlace, asked: LinesAsked, signal: AbortSignal): AsyncGenerator<LogPiece> {
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
      const log = { nodeId, allocationId, task, follow: false, ...asked, absent: serviceErrors.MUSTER_E_SERVICE_LOGS };
      for await (const lines of linesOf(await openTaskLog(surface.parts, log, () => signal))) yield { ours: false, lines };
    }
  } catch (error) {
    const absent = isMusterError(error, serviceErrors.MUSTER_E_SERVICE_LOGS) || isMusterError(error, 'MUSTER_E_LOG_NOT_KEPT');
    if (!absent && !isMusterError(error, 'MUSTER_E_AGENT_UNREACHABLE')) throw error;
    const gone = await isGone(surface, nodeId);
    const own = ownEndsOf(place);
    const over = held.ended !== null || held.released !== null;
    if (own.length === 0 && !gone && !(absent && over)) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_LOGS);
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

/** An instance is there, or was: it has a log. */
export function hasStarted(place: LogPlace): place is LogPlace & { readonly held: WorkSlot } {
  return place.held !== null && Object.keys(place.held.tasks).length > 0;
}

/** What there is in places where no instance has started, for who would follow one. */
export async function* nothingToFollow(surface: ServicesSurface, places: readonly LogPlace[], asked: LinesAsked): AsyncGenerator<readonly string[]> {
  yield said('no instance has started, and there is nothing to follow yet').lines;
  for (const { ends } of places) for await (const { lines } of formerOnes(surface, ends, asked)) yield lines;
}

/** What is kept of the instance that holds the place. */
export function ownEndsOf({ held, ends }: LogPlace): readonly KeptEnd[] {
  return ends.filter(({ allocationId }) => allocationId === held?.allocationId);
}

async function* formerOnes(surface: ServicesSurface, ends: readonly KeptEnd[], asked: LinesAsked): AsyncGenerator<LogPiece> {
  for (const end of ends) yield* kept(surface, end, 'the end of what an instance before it wrote until', asked);
}

async function* kept({ parts }: ServicesSurface, { nodeId, resultAt, endTime }: KeptEnd, what: string, { stream, tail }: LinesAsked): AsyncGenerator<LogPiece> {
  const given = await givenBack(parts.results, nodeId, resultAt);
  const until = endTime === null ? 'its end' : wireTime(endTime * 1000);
  yield said(`${what} ${until}, at most ${OUTPUT_BYTES / 1024} KiB${given === undefined ? ', cannot be read any more' : ''}`);
  const text = (stream === 'both' ? given?.output : given?.streams[stream]) ?? '';
  for await (const lines of linesOf(Readable.from([Buffer.from(lastLines(text, tail))]))) yield { ours: false, lines };
}

function said(words: string): LogPiece {
  return { ours: true, lines: [`-- muster: ${words} --`] };
}

async function isGone({ parts }: ServicesSurface, nodeId: string): Promise<boolean> {
  const stored = await parts.readModels.get(nodes.name, nodeId);
  return stored === undefined || read<NodeDocument>(stored).down;
}
