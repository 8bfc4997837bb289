import { z } from 'zod';
import { eventSentence } from '#domain/explain/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { DocumentChange, History } from '#domain/kernel/ports/history.js';
import { nameOfActor, type ActorNames, type VisibleObjects } from '#src/features/visibility/index.js';
import { OBJECT_PATTERN, objectNamed } from './objects.js';
import { isOfRun } from './run-events.js';

export const objectParameter = z
  .string()
  .regex(
    new RegExp(OBJECT_PATTERN, 'u'),
    'must be a kind and an id, such as job:hello, node:…, allocation:…, task:7, run:7/3, environment:…, service:…, claim:… or account:…',
  )
  .meta({
    description: 'The object: its kind and id',
    examples: ['job:hello', 'run:7/3'],
    pattern: OBJECT_PATTERN,
  });

export const objectChange = z
  .object({
    position: z.string().meta({ description: 'Position of the event in the whole log', examples: ['42'] }),
    change: z
      .enum(['created', 'changed', 'ended'])
      .meta({ title: 'ChangeKind', description: 'What the event did to the object' }),
    type: z.string().meta({ description: 'Type of the event', examples: ['JobUpdated'] }),
    at: z.iso
      .datetime()
      .meta({ description: 'Time of the decision', examples: ['2026-11-20T14:32:00.000Z'] }),
    actor: z.string().nullable().meta({
      description:
        'The account, node or component that acted, if known. Accounts of other tenants are shown as `operator`',
    }),
    actor_name: nameOfActor,
    sentence: z
      .string()
      .meta({ description: 'What happened, in words', examples: ['job hello was stopped'] }),
    event: z.string().meta({ description: 'Id of the event' }),
    stream: z.string().meta({ description: 'Stream of the event', examples: ['job-hello'] }),
    revision: z.number().int().meta({ description: 'Zero-based position in the stream' }),
    correlation: z
      .string()
      .nullable()
      .meta({ description: 'Id of the request that caused the event, if known' }),
  })
  .meta({ id: 'ObjectChange', description: 'An event that changed an object' });

/** Returns the changes of an object whose events are about it and visible to the caller, in order. */
export async function visibleChanges(
  of: string,
  { history, catalog }: { readonly history: History; readonly catalog: Catalog },
  visible: VisibleObjects,
  names: ActorNames,
  changes: readonly DocumentChange[],
): Promise<z.input<typeof objectChange>[]> {
  const read = await history.eventsAt(changes.map(({ position }) => position));
  const events = new Map(read.map((event) => [event.position, event]));
  const run = runNumberIn(of);
  const shown = await Promise.all(
    changes.map(async (change) => {
      const own = catalog.decodeOurs(events.get(change.position)!);
      const event = own && (await visible.show(own));
      return event === undefined || (run !== undefined && !isOfRun(event, run))
        ? []
        : [viewChange(change, event, await names.of(event.metadata))];
    }),
  );
  return shown.flat();
}

function runNumberIn(of: string): number | undefined {
  const { kind, id } = objectNamed(of);
  return kind === 'run' ? Number(id.slice(id.indexOf('/') + 1)) : undefined;
}

function viewChange(
  { position, change }: DocumentChange,
  event: Recorded<AnyEvent>,
  actorName: string | null,
): z.input<typeof objectChange> {
  return {
    position: position.toString(),
    change,
    type: event.type,
    at: new Date(event.metadata.at).toISOString(),
    actor: event.metadata.actor ?? null,
    actor_name: actorName,
    sentence: eventSentence(event),
    event: event.id,
    stream: event.stream,
    revision: event.revision,
    correlation: event.metadata.$correlationId,
  };
}
