import { z } from 'zod';
import { endpointsOfUrl, endpointText } from '../drivers/http/endpoint-list.js';

/** Where a store of Muster's, or NATS, listens. */
export const storePlace = z.object({
  kind: z.enum(['EventStoreDB', 'MongoDB', 'NATS']),
  host: z.string(),
  port: z.number().int(),
});
export type StorePlace = z.infer<typeof storePlace>;

/** By the scheme of a part's URL. */
const KINDS: Readonly<Record<string, StorePlace['kind']>> = {
  esdb: 'EventStoreDB',
  kurrentdb: 'EventStoreDB',
  mongodb: 'MongoDB',
  nats: 'NATS',
  tls: 'NATS',
};

/** The stores among Muster's parts: those that are named by a URL. Each place once. */
export function storePlaces(parts: readonly string[]): StorePlace[] {
  const found = new Map<string, StorePlace>();
  for (const part of parts) {
    const kind = KINDS[/^([a-z]+)[a-z+]*:\/\//i.exec(part)?.[1]?.toLowerCase() ?? ''];
    if (kind === undefined) continue;
    for (const { host, port } of endpointsOfUrl(part)) {
      if (port !== undefined) found.set(`${kind} ${endpointText({ host, port })}`, { kind, host, port });
    }
  }
  return [...found.values()];
}

/** As people read it: `MongoDB at 10.0.0.7:27017`. */
export function placeText({ kind, host, port }: StorePlace): string {
  return `${kind} at ${endpointText({ host, port })}`;
}

/** What the process is told that asks as another user. */
export const askedAsUser = z.object({ uid: z.number().int().positive(), places: z.array(storePlace) });
