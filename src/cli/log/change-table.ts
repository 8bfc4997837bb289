import type { Audit } from '../shared/client.js';
import { tableLines } from '../shared/output.js';

export function changeTable(changes: readonly Audit['ObjectChange'][]): string[] {
  return tableLines(
    ['POSITION', 'TIME', 'BY', 'WHAT'],
    changes.map(({ position, at, actor, actor_name: name, sentence }) => [
      `#${position}`,
      at,
      name ?? actor ?? '-',
      sentence,
    ]),
  );
}
