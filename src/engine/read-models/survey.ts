import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#domain/kernel/projection.js';
import { fitsLog } from '#src/engine/checkpoint.js';
import type { GenerationState, ModelStorage } from './storage.js';

export interface Surveyed {
  readonly projection: Projection;
  /** The generation that is served. It is replaced if it lacks the history that the storage requires. */
  readonly live: GenerationState | undefined;
  readonly unfinished: GenerationState | undefined;
}

/** Checks all generations, and drops those that belong to a different log, a different version or an unknown model. */
export async function survey(
  store: EventStore,
  storage: ModelStorage,
  projections: readonly Projection[],
): Promise<readonly Surveyed[]> {
  const states = await storage.generations();
  const surveyed: Surveyed[] = [];
  for (const projection of projections) {
    let live: GenerationState | undefined;
    let unfinished: GenerationState | undefined;
    for (const state of states.filter((each) => each.model === projection.name)) {
      const fits = state.version === projection.version && (await fitsLog(store, state.checkpoint));
      if (fits && state.live) live = state;
      else if (fits && unfinished === undefined && state.history === storage.keepsHistory) unfinished = state;
      else await storage.drop(state.generation);
    }
    surveyed.push({ projection, live, unfinished });
  }
  for (const state of states) {
    if (!projections.some((each) => each.name === state.model)) await storage.drop(state.generation);
  }
  return surveyed;
}
