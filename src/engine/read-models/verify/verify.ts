import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#domain/kernel/projection.js';
import { catchUp } from '../catch-up.js';
import { fitsLog } from '#src/engine/checkpoint.js';
import { Batch, type BatchParts } from '../batch.js';
import type { Models } from '../models.js';
import type { LogIndex } from '../history/log-index.js';
import { indexNames, ModelFold } from '../model-fold.js';
import type { OpenedView } from '../place.js';
import { openStorageSnapshot, openTemporaryStorage } from '../sqlite/open-storage.js';
import { READ_MODELS_FILE } from '../sqlite/schema.js';
import type { GenerationState, ModelStorage, ModelView, Parked } from '../storage.js';
import { CHECK, compare } from './compare.js';
import { compareHistory, LOG_INDEX_SUBJECT, SampledIndex } from './compare-history.js';
import type { Check, Finding } from './finding.js';
import { findForeign, type ForeignFound } from './foreign.js';
import { settle } from './settle.js';

/** Maximum number of findings per model. Further findings are only counted. */
const MAX_FINDINGS = 100;

export interface VerifyOptions extends Models {
  readonly eventStore: EventStore;
  readonly directory: string;
  /** Opens the read models, if they are not in the directory. */
  readonly openView?: () => Promise<OpenedView>;
  /** Whether missing read models are acceptable. @default false */
  readonly mayBeUnbuilt?: boolean;
  readonly checks?: readonly Check[];
}

export interface VerifiedModel {
  readonly model: string;
  readonly position: bigint;
  readonly documents: number;
  readonly findings: number;
}

export interface Verification {
  readonly holds: boolean;
  /** Empty if there are no read models yet. A server builds them when it starts. */
  readonly models: readonly VerifiedModel[];
  readonly findings: readonly Finding[];
  /** Documents left stale by a failed fold. They are counted, but not reported as findings. */
  readonly parked: readonly (Parked & { readonly model: string })[];
  /** Foreign events in Muster's streams. They are counted, but not reported as findings. */
  readonly foreign: ForeignFound;
}

/**
 * Verifies that the read models match the events. It folds the log again into a temporary file, up to the position of each model in a snapshot, and
 * compares document by document. Without a snapshot, a document that has changed in the meantime is compared as of its last event.
 */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const {
    eventStore,
    directory,
    openView,
    catalog,
    projections,
    checks = [],
    mayBeUnbuilt = false,
  } = options;
  // If no server has run yet, for example after an import or a restore, there is nothing to compare.
  const { view: live, moves } =
    openView !== undefined
      ? await openView()
      : mayBeUnbuilt && !existsSync(join(directory, READ_MODELS_FILE))
        ? { view: openTemporaryStorage(), moves: false }
        : { view: openStorageSnapshot(directory), moves: false };
  const history = live.storedHistory?.();
  const rebuilt = openTemporaryStorage({ history: history !== undefined });
  try {
    const subjects = await subjectsOf(live, rebuilt, projections);
    const again = rebuilt.storedHistory();
    const models: VerifiedModel[] = [];
    const findings: Finding[] = [];
    const samples: Finding[] = [];
    const index = history && new SampledIndex(options, history.samples, (finding) => samples.push(finding));
    await foldAll(
      { store: eventStore, storage: rebuilt, catalog },
      subjects,
      index,
      history?.samples.at(-1)?.position,
    );
    const parked: (Parked & { model: string })[] = [];
    const unbuilt = mayBeUnbuilt && (await live.generations()).length === 0;
    for (const { projection, fold, state } of unbuilt ? [] : subjects) {
      const model = projection.name;
      let count = 0;
      const found = (finding: Finding): void => {
        count += 1;
        if (count <= MAX_FINDINGS) findings.push(finding);
      };
      if (state === undefined)
        found({ check: CHECK, subject: model, problem: 'the model does not exist in its current version' });
      else if (!(await fitsLog(eventStore, state.checkpoint)))
        found({ check: CHECK, subject: model, problem: 'its checkpoint belongs to another log' });
      const sides = {
        live: { storage: live, generation: state?.generation ?? 0 },
        rebuilt: { storage: rebuilt, generation: fold.generation },
      };
      const position = state?.checkpoint?.position ?? -1n;
      const moving = moves ? { position, moved: new Set<string>() } : undefined;
      const documents =
        state === undefined ? 0 : await compare(model, sides.live, sides.rebuilt, found, moving);
      if (moving !== undefined && moving.moved.size > 0)
        await settle({ store: eventStore, catalog, fold, ...sides }, moving.moved, found);
      // The history follows from the same changes as the documents, so it is only compared if these match.
      if (history !== undefined && state?.history === true && count === 0)
        compareHistory(
          model,
          history.ofGeneration(state.generation),
          again!.ofGeneration(fold.generation),
          history.keptFrom,
          found,
        );
      if (state !== undefined)
        for (const each of await live.parked(state.generation)) parked.push({ model, ...each });
      models.push({ model, position, documents, findings: count });
    }
    if (history !== undefined) {
      compareHistory(LOG_INDEX_SUBJECT, history.ofLog, again!.ofLog, history.keptFrom, (finding) =>
        samples.push(finding),
      );
      findings.push(...samples.slice(0, MAX_FINDINGS));
    }
    for (const check of checks) findings.push(...(await check.run(eventStore)));
    const foreign = await findForeign(eventStore, catalog, (finding) => findings.push(finding));
    return { holds: findings.length === 0, models, findings, parked, foreign };
  } finally {
    await live.close();
    await rebuilt.close();
  }
}

interface Subject {
  readonly projection: Projection;
  readonly state: GenerationState | undefined;
  readonly fold: ModelFold;
}

async function subjectsOf(
  live: ModelView,
  rebuilt: ModelStorage,
  projections: readonly Projection[],
): Promise<readonly Subject[]> {
  const states = await live.generations();
  const subjects: Subject[] = [];
  for (const projection of projections) {
    const { name, version } = projection;
    const fresh = await rebuilt.create(name, version, indexNames(projection));
    const state = states.find((each) => each.live && each.model === name && each.version === version);
    subjects.push({ projection, state, fold: await ModelFold.open(rebuilt, projection, fresh) });
  }
  return subjects;
}

async function foldAll(
  parts: Omit<BatchParts, 'folds'> & { readonly store: EventStore },
  subjects: readonly Subject[],
  index: LogIndex | undefined,
  indexedTo = -1n,
): Promise<void> {
  const positionOf = ({ state }: Subject): bigint => state?.checkpoint?.position ?? -1n;
  const positions = [...new Set([...subjects.map(positionOf), indexedTo])].sort((a, b) => (a < b ? -1 : 1));
  for (const until of positions) {
    if (until < 0n) continue;
    const folds = subjects.filter((each) => positionOf(each) >= until).map(({ fold }) => fold);
    const batch = new Batch({ ...parts, folds });
    batch.index = indexedTo >= until ? index : undefined;
    await catchUp(parts.store, batch, { until });
  }
}
