import { read } from '../../api/client.js';
import type { Change } from '../../api/types.js';
import type { components } from '../../generated/audit.js';
import { isFailure } from '../../moment/marks.js';

/** What the page shows. Empty values show everything. */
export interface EventsWanted {
  /** Part of the type's name. */
  readonly type: string;
  /** The object, such as `job:hello`. Its events are found through the history's index, except those of a node. */
  readonly object: string;
  readonly actor: string;
  /** Only events after this position. */
  readonly after: string | undefined;
  readonly oldestFirst: boolean;
}

export interface EventsPage {
  readonly changes: readonly Change[];
  /** Where the next page begins, or null if there are no more events. */
  readonly next: string | null;
}

type ObjectChanges = components['schemas']['ObjectChanges'];

/** Number of events per request. */
const PAGE = 200;

/**
 * Reads a page of the events up to the position `to`.
 * @param at `next` of the page before. Undefined for the first page.
 */
export async function readEvents(
  wanted: EventsWanted,
  to: string,
  at: string | undefined,
  signal: AbortSignal,
): Promise<EventsPage> {
  const ofNode = wanted.object.startsWith('node:');
  // The history's index of a node lacks its allocations, which are most of what happens there.
  if (wanted.object !== '' && !ofNode) return await readObject(wanted, to, at, signal);
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (ofNode) query.set('of', wanted.object);
  if (wanted.type !== '') query.set('type', wanted.type);
  if (wanted.actor !== '') query.set('actor', wanted.actor);
  if (!wanted.oldestFirst) {
    query.set('to', at ?? to);
    if (wanted.after !== undefined) query.set('after', wanted.after);
    return (await read<EventsPage>(`/console/api/events?${query.toString()}`, undefined, signal)).body;
  }
  const from = at ?? wanted.after ?? '0';
  query.set('from', from);
  const { changes, position } = (
    await read<{ readonly changes: readonly Change[]; readonly position: string }>(
      `/console/api/changes/page?${query.toString()}`,
      undefined,
      signal,
    )
  ).body;
  return {
    changes: changes.filter((change) => BigInt(change.position) <= BigInt(to)),
    next: position === from || BigInt(position) >= BigInt(to) ? null : position,
  };
}

async function readObject(
  { object, type, actor, after, oldestFirst }: EventsWanted,
  to: string,
  at: string | undefined,
  signal: AbortSignal,
): Promise<EventsPage> {
  const first = after === undefined ? '0' : String(BigInt(after) + 1n);
  if (BigInt(first) > BigInt(to)) return { changes: [], next: null };
  const query = new URLSearchParams({
    of: object,
    limit: String(PAGE),
    direction: oldestFirst ? 'forwards' : 'backwards',
    from: oldestFirst ? (at ?? first) : first,
    to: oldestFirst ? to : (at ?? to),
  });
  const { body } = await read<ObjectChanges>(`/audit/changes?${query.toString()}`, undefined, signal);
  const [kind = '', id = ''] = [object.slice(0, object.indexOf(':')), object.slice(object.indexOf(':') + 1)];
  return {
    changes: body.changes
      .filter((change) => isWanted(change, type, actor))
      .map(({ position, type: name, at: time, actor: by, actor_name, sentence }) => ({
        position,
        at: time,
        kind,
        id,
        of: [object],
        type: name,
        failed: isFailure(name),
        actor: by,
        actor_name,
        words: sentence,
      })),
    next: body.next,
  };
}

function isWanted(
  { type, actor, actor_name: name }: ObjectChanges['changes'][number],
  wantedType: string,
  wantedActor: string,
): boolean {
  if (!type.toLowerCase().includes(wantedType.toLowerCase())) return false;
  return (
    wantedActor === '' ||
    [actor, name, actor?.slice(actor.indexOf(':') + 1)].includes(wantedActor) ||
    name?.startsWith(`${wantedActor} (key `) === true
  );
}
