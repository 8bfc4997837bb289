import type { Audit } from '../shared/client.js';
import { actorName } from '#domain/explain/actor.js';
import { shortText, type HostOf } from '../shared/host-name.js';
import { tableLines, timeColumn, WHOLE, type Look } from '../shared/table.js';

/** @param host returns the host name of a node, which is shown on a terminal */
export function changeTable(
  changes: readonly Audit['ObjectChange'][],
  look: Look = WHOLE,
  host: HostOf = () => undefined,
): string[] {
  return tableLines(
    ['POSITION', timeColumn('TIME'), 'BY', 'WHAT'],
    changes.map(({ position, at, actor, actor_name: name, sentence }) => [
      `#${position}`,
      at,
      shortText(actorName(actor, name), look, host),
      shortText(sentence, look, host),
    ]),
    look,
  );
}
