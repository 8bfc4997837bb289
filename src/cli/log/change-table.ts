import type { Audit } from '../shared/client.js';
import { actorName } from '#domain/explain/index.js';
import { tableLines, timeColumn, type Look } from '../shared/table.js';

export function changeTable(changes: readonly Audit['ObjectChange'][], look?: Look): string[] {
  return tableLines(
    ['POSITION', timeColumn('TIME'), 'BY', 'WHAT'],
    changes.map(({ position, at, actor, actor_name: name, sentence }) => [
      `#${position}`,
      at,
      actorName(actor, name),
      sentence,
    ]),
    look,
  );
}
