import type { z } from 'zod';
import { decodeOurs, isOurs, type RecordedMusterEvent } from '#domain/event-types/index.js';
import { buildOf } from '#domain/environments/environment/index.js';
import { eventSentence } from '#domain/explain/index.js';
import { claimOf } from '#domain/gpu/claim/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { deploymentOf } from '#domain/services/service/index.js';
import { runOf } from '#domain/tasks/task/index.js';
import { accountActor } from '#src/accounts/index.js';
import type { Actor, ActorNames } from '#src/surfaces/kit/index.js';
import type { changeView } from './contract.js';
import type { Holders, Subject } from './holders.js';
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
  holders: Holders,
  names: NamedActors,
  { viewer, of, type, actor: wantedActor }: Wanted,
  recorded: RecordedEvent,
): Promise<Change | undefined> {
  if (!isOurs(recorded) || QUIET.has(recorded.type)) return undefined;
  if (!recorded.type.toLowerCase().includes(type)) return undefined;
  const event = decodeOurs(recorded);
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
export function subjectsOf({ data }: RecordedMusterEvent): readonly Subject[] {
  const found: Subject[] = [];
  const add = (kind: Subject['kind'], id: string | number | undefined): void => {
    if (id !== undefined && !found.some((each) => each.kind === kind && each.id === String(id)))
      found.push({ kind, id: String(id) });
  };
  if ('allocationId' in data) add('allocation', data.allocationId);
  if ('taskId' in data) {
    const { run } = data as { readonly run?: unknown };
    if (typeof run === 'number') add('run', `${data.taskId}/${run}`);
    add('task', data.taskId);
  }
  if ('claimId' in data) add('claim', data.claimId);
  if ('serviceId' in data) add('service', data.serviceId);
  if ('environmentId' in data) add('environment', data.environmentId);
  if ('jobId' in data) {
    add('job', data.jobId);
    const run = runOf(data.jobId);
    if (run !== undefined) {
      add('run', `${run.task}/${run.run}`);
      add('task', run.task);
    }
    add('claim', claimOf(data.jobId));
    add('service', deploymentOf(data.jobId)?.serviceId);
    add('environment', buildOf(data.jobId)?.environmentId);
  }
  if ('nodeId' in data && typeof data.nodeId === 'string') add('node', data.nodeId);
  if ('userId' in data && found.length === 0) add('account', data.userId);
  return found;
}

function isFailure({ type, data }: RecordedMusterEvent): boolean {
  if (/(?:Failed|Lost|Refused)$/u.test(type) || type === 'NodeWentDown') return true;
  return 'outcome' in data && FAILED_OUTCOMES.has(data.outcome);
}

/** Every account may see node events. Account events are visible only to that account, and other events to viewers who may see their objects. */
async function isVisible(
  holders: Holders,
  viewer: NonNullable<Viewer>,
  event: RecordedMusterEvent,
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
