import type { z } from 'zod';
import { buildOf } from '#domain/environments/environment/index.js';
import { eventSentence } from '#domain/explain/index.js';
import { claimOf } from '#domain/gpu/claim/index.js';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { deploymentOf } from '#domain/services/service/index.js';
import { runOf } from '#domain/tasks/task/index.js';
import { accountActor } from '#src/accounts/index.js';
import type { Actor, ActorNames } from '#src/features/visibility/index.js';
import type { changeView } from './contract.js';
import type { Holders, Subject } from './holders.js';
import type { ConsoleSurface } from './surface.js';
import { sees, type Viewer } from './viewer.js';

export type Change = z.input<typeof changeView>;

/** Event types that only report liveness or usage. No page waits for them. */
const QUIET: ReadonlySet<string> = new Set([
  'NodeHeartbeatReceived',
  'SessionRenewed',
  'SessionRefreshed',
  'LogBytesUsed',
]);
const FAILED_OUTCOMES: ReadonlySet<unknown> = new Set(['failed', 'timeout', 'lost']);

/** Fields of the data of events that mean the same in every event that has them, so that events of any type can be shown. */
interface Fields {
  readonly allocationId?: string;
  readonly taskId?: number;
  /** Not a number in events about notifications. */
  readonly run?: unknown;
  readonly claimId?: string;
  readonly serviceId?: string;
  readonly environmentId?: string;
  readonly jobId?: string;
  readonly nodeId?: unknown;
  readonly userId?: string;
  readonly outcome?: unknown;
}

/** Which changes are wanted. Empty values accept every change. */
export interface Wanted {
  readonly viewer: Viewer;
  readonly of: ReadonlySet<string>;
  /** Part of the type's name, in lower case. */
  readonly type: string;
  /** The actor as shown, its id without the kind, or its username. */
  readonly actor: string;
}

/** How actors are named in one response. */
export type NamedActors = Pick<ActorNames, 'of'>;

/** Returns what an event changed, or undefined if there is nothing that the viewer wants and may see. */
export async function changeOf(
  { holders, parts: { catalog } }: Pick<ConsoleSurface, 'holders' | 'parts'>,
  names: NamedActors,
  { viewer, of, type, actor: wantedActor }: Wanted,
  recorded: RecordedEvent,
): Promise<Change | undefined> {
  if (!catalog.isOurs(recorded) || QUIET.has(recorded.type)) return undefined;
  if (!recorded.type.toLowerCase().includes(type)) return undefined;
  const event = catalog.decodeOurs(recorded);
  if (event === undefined) return undefined;
  const subjects = subjectsOf(event);
  const [first] = subjects;
  const objects = subjects.map(({ kind, id }) => `${kind}:${id}`);
  if (of.size > 0 && !objects.some((name) => of.has(name))) return undefined;
  if (viewer !== undefined && !(await isVisible(holders, viewer, event, subjects))) return undefined;
  const actor = shownActor(viewer, event.metadata);
  const name = await names.of(actor);
  if (wantedActor !== '' && !isActor(actor.actor, name, wantedActor)) return undefined;
  return {
    position: recorded.position.toString(),
    at: new Date(event.metadata.at).toISOString(),
    kind: first?.kind ?? null,
    id: first?.id ?? null,
    of: objects,
    type: event.type,
    failed: isFailure(event),
    actor: actor.actor ?? null,
    actor_name: name,
    words: eventSentence(event),
  };
}

/** The name of an account also stands for its API keys. */
function isActor(actor: string | undefined, name: string | null, wanted: string): boolean {
  const id = actor?.slice(actor.indexOf(':') + 1);
  return [actor, id, name].includes(wanted) || name?.startsWith(`${wanted} (key `) === true;
}

/** An account sees itself as the actor, but no other accounts. */
function shownActor(viewer: Viewer, metadata: Actor): Actor {
  return viewer === undefined || metadata.actor === accountActor(viewer.userId) ? metadata : {};
}

/** Returns the objects that an event is about, the main one first. */
export function subjectsOf({ data }: AnyEvent): readonly Subject[] {
  const found: Subject[] = [];
  const add = (kind: Subject['kind'], id: string | number | undefined): void => {
    if (id !== undefined && !found.some((each) => each.kind === kind && each.id === String(id)))
      found.push({ kind, id: String(id) });
  };
  const { allocationId, taskId, run, claimId, serviceId, environmentId, jobId, nodeId, userId } =
    data as Fields;
  add('allocation', allocationId);
  if (taskId !== undefined) {
    if (typeof run === 'number') add('run', `${taskId}/${run}`);
    add('task', taskId);
  }
  add('claim', claimId);
  add('service', serviceId);
  add('environment', environmentId);
  if (jobId !== undefined) {
    add('job', jobId);
    const started = runOf(jobId);
    if (started !== undefined) {
      add('run', `${started.task}/${started.run}`);
      add('task', started.task);
    }
    add('claim', claimOf(jobId));
    add('service', deploymentOf(jobId)?.serviceId);
    add('environment', buildOf(jobId)?.environmentId);
  }
  if (typeof nodeId === 'string') add('node', nodeId);
  if (found.length === 0) add('account', userId);
  return found;
}

function isFailure({ type, data }: AnyEvent): boolean {
  if (/(?:Failed|Lost|Refused)$/u.test(type) || type === 'NodeWentDown') return true;
  return FAILED_OUTCOMES.has((data as Fields).outcome);
}

/** Every account may see node events. Account events are visible only to that account, and other events to viewers who may see their objects. */
async function isVisible(
  holders: Holders,
  viewer: NonNullable<Viewer>,
  event: Recorded<AnyEvent>,
  subjects: readonly Subject[],
): Promise<boolean> {
  const [first] = subjects;
  if (first === undefined) return false;
  if (first.kind === 'node') return true;
  if (first.kind === 'account') return first.id === viewer.userId;
  const found = await holders.of(event, subjects);
  // An event about several objects is shown only to viewers who may see each object that belongs to an account.
  return found.length > 0 && found.every((holder) => sees(viewer, holder));
}
