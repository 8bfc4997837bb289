import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import { plural } from '#domain/kernel/plural.js';
import type { ReadModels, ChangeSource } from '#domain/kernel/ports/read-models.js';
import type { RoleSettings } from '../host/roles.js';
import type { ReadSideSettings } from './settings.js';
import {
  AsOfReadModels,
  openReadModels,
  startProjector,
  type ModelsPlace,
  type Projector,
} from '#src/engine/read-models/index.js';
import { unlessUnknownEvent } from '../host/failure.js';
import type { ServerHost } from '../host/server-host.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { jobs } from '#projections/jobs/jobs.js';
import type { Dependency } from '../host/health-monitor.js';
import type { EventLog } from '../event-log/event-log.js';
import { projectionMetrics } from './metrics.js';
import { FOLDS } from './folds.js';
import { openMongoReadModels } from '#src/stores/mongodb/index.js';

export interface ReadSide {
  readonly projector: Projector | undefined;
  readonly readModels: ReadModels | undefined;
  /** Reports what changes in the read models. Without a projector, only while something waits for their position. */
  readonly changes: ChangeSource | undefined;
  /** Undefined if history is off: with `MUSTER_HISTORY=off`, or with MongoDB unless it is `on`. */
  readonly history: History | undefined;
}

function placeOfModels(
  { mongodbUrl: url, history, historyDays }: ReadSideSettings,
  directory: string,
): ModelsPlace {
  return url === undefined
    ? { kind: 'sqlite', directory, history: history !== 'off', ...(historyDays > 0 && { historyDays }) }
    : { kind: 'mongodb', url, owner: `${hostname()}:${resolve(directory)}` };
}

/** Returns the directory of the read models with history. With MongoDB, this is a separate set of read models that only serves reads of the past. */
export function historyDirectory({ mongodbUrl }: ReadSideSettings, directory: string): string {
  return mongodbUrl === undefined ? directory : join(directory, 'history');
}

export async function openReadSide(
  host: ServerHost,
  settings: ReadSideSettings & RoleSettings,
  log: EventLog,
): Promise<ReadSide> {
  const { directory, clock } = host;
  const place = placeOfModels(settings, directory);
  const projector = settings.roles.includes('projector')
    ? startProjector({ eventStoreHandle: log.handle(), entry: FOLDS.projector, directory, place })
    : undefined;
  if (projector !== undefined) {
    host.onClose('projector', async () => await projector.close());
    host.endOn(unlessUnknownEvent(projector.stopped));
    host.check(() => checkOfProjector(projector));
    host.probe(projectorProbe(projector));
    const models = FOLDS.projections.map(({ name }) => name);
    host.measure((metrics) => projectionMetrics(metrics, { projector, store: log.store, clock, models }));
  }
  const { readModels, changes } = settings.roles.includes('api')
    ? await openReader(place, clock, log.store, projector)
    : {};
  if (readModels !== undefined) {
    host.onClose('read-models', async () => await readModels.close());
    host.probe(readModelsProbe(readModels, jobs.name));
  }
  const history = readModels && openHistory(host, settings, log, { place, projector, readModels });
  return { projector, readModels, changes, history };
}

interface Filled {
  readonly place: ModelsPlace;
  readonly projector: Projector | undefined;
  readonly readModels: ReadModels;
}

function openHistory(
  host: ServerHost,
  settings: ReadSideSettings,
  log: EventLog,
  { place, projector, readModels }: Filled,
): History | undefined {
  const directory = historyDirectory(settings, host.directory);
  const ownProjector = place.kind === 'sqlite' ? undefined : startHistory(host, settings, log, directory);
  if (place.kind === 'sqlite' ? place.history !== true : ownProjector === undefined) return undefined;
  const filledBy = ownProjector ?? projector;
  const history = new AsOfReadModels({
    directory,
    catalog: FOLDS.catalog,
    projections: FOLDS.projections,
    store: log.store,
    ...(filledBy !== undefined && { filledBy }),
    newest: () => readModels.position(),
  });
  host.onClose('history', async () => history.close());
  host.check(() => checkOfHistory(history, ownProjector));
  return history;
}

/** Starts a projector for this server's own read models with history, because those in MongoDB have none. Undefined unless history is `on`. */
function startHistory(
  host: ServerHost,
  { history, historyDays }: ReadSideSettings,
  log: EventLog,
  directory: string,
): Projector | undefined {
  if (history === 'off') rmSync(directory, { recursive: true, force: true });
  if (history !== 'on') return undefined;
  const projector = startProjector({
    eventStoreHandle: log.handle(),
    entry: FOLDS.projector,
    directory,
    place: { kind: 'sqlite', directory, history: true, ...(historyDays > 0 && { historyDays }) },
    name: 'history',
  });
  host.onClose('history-projector', async () => await projector.close());
  return projector;
}

async function openReader(
  place: ModelsPlace,
  clock: Clock,
  store: EventStore,
  projector: Projector | undefined,
): Promise<{ readonly readModels: ReadModels; readonly changes: ChangeSource | undefined }> {
  const options = { clock, projections: FOLDS.projections, ...(projector !== undefined && { projector }) };
  if (place.kind === 'sqlite')
    return { readModels: openReadModels({ ...options, directory: place.directory }), changes: projector };
  const readModels = await openMongoReadModels({ ...options, url: place.url, store });
  return { readModels, changes: readModels };
}

function readModelsProbe(readModels: ReadModels, model: string): Dependency {
  return {
    name: 'read-models',
    vital: true,
    async ask() {
      for await (const page of readModels.list(model, { limit: 1 })) if (page.length > 0) break;
      return `position ${readModels.position()}`;
    },
  };
}

function projectorProbe(projector: Projector): Dependency {
  return {
    name: 'projector-thread',
    vital: true,
    async ask() {
      await projector.ask();
      return 'responding';
    },
  };
}

/** Not vital: while the history is being built, for example after an upgrade, everything except the past is available. */
function checkOfHistory(history: History, own: Projector | undefined): ReadinessCheck {
  const built = history.built();
  const problem = own?.status.problem?.message ?? own?.status.waitsFor;
  const detail =
    problem ??
    (built === undefined
      ? `built${own === undefined ? '' : ` up to position ${own.status.position}`}`
      : `the history is being built: ${built} % done`);
  return { name: 'history', ok: problem === undefined && built === undefined, vital: false, detail };
}

function checkOfProjector({ status }: Projector): ReadinessCheck {
  const parked = Object.values(status.parked).reduce((sum, count) => sum + count, 0);
  return {
    name: 'projector',
    ok: status.problem === undefined && status.waitsFor === undefined && status.caughtUp,
    detail:
      status.problem?.message ??
      status.waitsFor ??
      `position ${status.position}, ${Math.round(status.lagMs)} ms behind, ${plural(parked, 'parked document')}`,
  };
}
