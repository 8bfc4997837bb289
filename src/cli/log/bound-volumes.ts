import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { volumes, type VolumeDocument } from '#projections/services/volumes.js';

/** A volume with data, which only the node with this id can mount. */
export interface BoundVolume {
  readonly volume: string;
  readonly nodeId: string;
  /** Name of the service that holds the volume, or held it last. Null if it was erased. */
  readonly service: string | null;
  /** Whether that service was deleted, and its volume kept. */
  readonly kept: boolean;
}

/** Reads from a log which volumes are bound to which nodes. There is no read model yet after a restore. */
export async function boundVolumes(
  store: Pick<EventStore, 'readAll'>,
  { decodeOurs }: Pick<Catalog, 'decodeOurs'>,
): Promise<readonly BoundVolume[]> {
  const wanted: ReadonlySet<string> = new Set([...volumes.events, 'ClusterCleared']);
  const documents = new Map<string, VolumeDocument>();
  for await (const page of store.readAll())
    for (const recorded of page) {
      const event = wanted.has(recorded.type) ? decodeOurs(recorded) : undefined;
      if (event?.type === 'ClusterCleared') documents.clear();
      else if (event !== undefined) fold(documents, event);
    }
  return [...documents.values()].flatMap(({ volume, node, holder, left, over }) =>
    node === null
      ? []
      : [{ volume, nodeId: node, service: holder?.serviceName ?? null, kept: left || over !== null }],
  );
}

function fold(documents: Map<string, VolumeDocument>, event: Recorded<AnyEvent>): void {
  const ids = volumes
    .touches(event)
    .flatMap((touch) =>
      typeof touch === 'string'
        ? [touch]
        : [...documents].filter(([, { serviceId }]) => serviceId === touch.equals).map(([id]) => id),
    );
  for (const id of ids) {
    const next = volumes.evolve(documents.get(id), event, id) as VolumeDocument | undefined;
    if (next === undefined) documents.delete(id);
    else documents.set(id, next);
  }
}
