import { isUuid } from '#domain/kernel/plain-name.js';

/** Whether an id was generated. That of a claim begins with a word. */
const isGenerated = (id: string): boolean => isUuid(id.replace(/^claim-/i, ''));
const SHORTEST_ID = 8;

/** Cuts generated ids to the shortest length, at least the first 8 digits, at which all of them differ. Other ids, such as those of jobs, are names and remain whole. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const generated = [...new Set(ids.filter(isGenerated))].sort();
  const length = generated.reduce((most, id, index) => {
    const before = generated[index - 1] ?? '';
    let same = 0;
    while (same < id.length && id[same] === before[same]) same += 1;
    return Math.max(most, same + 1);
  }, SHORTEST_ID);
  return (id) => {
    const word = id.startsWith('claim-') ? 'claim-'.length : 0;
    return isGenerated(id) ? id.slice(0, Math.max(length, word + SHORTEST_ID)) : id;
  };
}
