import { z } from 'zod';
import { endpointsOfUrl, endpointText } from '../platform/endpoint-list.js';

/** Address of one of Muster's stores or of a NATS server. */
export const storePlace = z.object({
  kind: z.enum(['EventStoreDB', 'MongoDB', 'NATS']),
  host: z.string(),
  port: z.number().int(),
});
export type StorePlace = z.infer<typeof storePlace>;

const KINDS: Readonly<Record<string, StorePlace['kind']>> = {
  esdb: 'EventStoreDB',
  kurrentdb: 'EventStoreDB',
  mongodb: 'MongoDB',
  nats: 'NATS',
  tls: 'NATS',
};

/** Returns the distinct stores among Muster's components. Only components that are specified by a URL can be stores. */
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

export function placeText({ kind, host, port }: StorePlace): string {
  return `${kind} at ${endpointText({ host, port })}`;
}

/** Input of the process that checks access as another user. */
export const askedAsUser = z.object({ uid: z.number().int().positive(), places: z.array(storePlace) });
