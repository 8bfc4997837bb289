import type { Head } from './schema.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';

/** Detects which models have changed from one read of the head to the next, so that readers in other processes need not read models that have not. */
export class HeadChanges {
  #seen: ReadonlyMap<string, string> | undefined;

  /** Returns the models that may show something new since the last call. */
  next(head: Head | undefined): ChangedModels {
    const before = this.#seen;
    const now = statesOf(head);
    this.#seen = now;
    if (before === undefined) return 'any';
    const all = new Set([...before.keys(), ...now.keys()]);
    return new Set([...all].filter((model) => before.get(model) !== now.get(model)));
  }
}

/** Returns a text for each live model that differs whenever its documents do. */
function statesOf(head: Head | undefined): ReadonlyMap<string, string> {
  return new Map(
    Object.values(head?.generations ?? {})
      .filter(({ live }) => live)
      .map(({ model, collection, changed }) => [model, `${collection} ${changed}`]),
  );
}
