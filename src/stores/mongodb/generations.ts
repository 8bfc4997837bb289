import { changesDocuments, type GenerationCommit } from '#src/engine/read-models/index.js';
import { contested } from './head.js';
import { generationKey, type Head, type StoredGeneration } from './schema.js';

type Generations = Head['generations'];

/** Returns the generations with the commits' checkpoints. Throws `MUSTER_E_READ_MODEL_CONTESTED` if a checkpoint is not at the expected position. */
export function afterCommits(generations: Generations, commits: readonly GenerationCommit[]): Generations {
  const changed = commits.map((commit): [string, StoredGeneration] => {
    const { generation, model, expected, sequence, clearedAt, checkpoint } = commit;
    const { storeId, position, eventId, previous = null } = checkpoint;
    const key = generationKey(generation);
    const stored = generations[key];
    if (stored?.model !== model || stored.position !== (expected ?? null))
      throw contested(`the checkpoint of ${model} has moved`);
    return [
      key,
      {
        ...stored,
        ...{ storeId, position, eventId, previous },
        sequence: BigInt(sequence),
        ...(clearedAt !== undefined && { cleared: clearedAt }),
        ...(changesDocuments(commit) && { changed: position }),
      },
    ];
  });
  return { ...generations, ...Object.fromEntries(changed) };
}

export function without(generations: Generations, keys: readonly string[]): Generations {
  return Object.fromEntries(Object.entries(generations).filter(([key]) => !keys.includes(key)));
}
