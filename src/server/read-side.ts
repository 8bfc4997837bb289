import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { Settings } from './settings/settings.js';
import {
  openMongoReadModels,
  openReadModels,
  startProjector,
  type ModelsPlace,
  type Projector,
} from '#src/engine/read-models/index.js';
import type { Closing } from './closing.js';
import type { EventLog } from './event-log.js';
import { FOLDS } from './folds.js';

export interface ReadSide {
  readonly projector: Projector | undefined;
  /** Present with the role `api`. */
  readonly readModels: ReadModels | undefined;
}

/** Chooses the place of the read models: MongoDB if its URL is set, else a file in the data directory. */
export function placeOfModels(
  { mongodbUrl: url }: Pick<Settings, 'mongodbUrl'>,
  directory: string,
): ModelsPlace {
  return url === undefined
    ? { kind: 'sqlite', directory }
    : { kind: 'mongodb', url, owner: `${hostname()}:${resolve(directory)}` };
}

/** Starts the projector if this server has that role, and opens the read models if it serves the API. */
export async function openReadSide(
  settings: Pick<Settings, 'mongodbUrl' | 'roles'>,
  directory: string,
  log: EventLog,
  clock: Clock,
  closing: Closing,
): Promise<ReadSide> {
  const place = placeOfModels(settings, directory);
  const projector = settings.roles.includes('projector')
    ? startProjector({ eventStoreHandle: log.handle(), entry: FOLDS.projector, directory, place })
    : undefined;
  if (projector !== undefined) closing.add('projector', async () => await projector.close());
  const readModels = settings.roles.includes('api')
    ? await openReader(place, clock, log.store, projector)
    : undefined;
  if (readModels !== undefined) closing.add('read-models', async () => await readModels.close());
  return { projector, readModels };
}

async function openReader(
  place: ModelsPlace,
  clock: Clock,
  store: EventStore,
  projector: Projector | undefined,
): Promise<ReadModels> {
  switch (place.kind) {
    case 'sqlite':
      return await Promise.resolve(
        openReadModels({
          directory: place.directory,
          clock,
          projections: FOLDS.projections,
          ...(projector !== undefined && { projector }),
        }),
      );
    case 'mongodb': {
      return await openMongoReadModels({
        url: place.url,
        clock,
        store,
        projections: FOLDS.projections,
        ...(projector !== undefined && { projector }),
      });
    }
  }
}
