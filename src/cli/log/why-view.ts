import { actorName } from '#domain/explain/actor.js';
import type { components } from '../generated/audit.js';
import { shortText, type HostOf } from '../shared/host-name.js';
import { localTimes } from '../shared/local-time.js';
import { printable } from '../shared/output.js';
import { WHOLE, type Look } from '../shared/table.js';

type Why = components['schemas']['Why'];

/**
 * Returns the sentence, then the evidence, then the chain with one event per line.
 * @param host returns the host name of a node, which is shown on a terminal
 */
export function whyPage(
  { sentence, evidence, chain, chain_complete: isComplete }: Why,
  look: Look = WHOLE,
  host: HostOf = () => undefined,
): string[] {
  return [
    sentence,
    ...(evidence.length === 0 ? [] : ['', 'Evidence', ...evidence.map((each) => `  ${each}`)]),
    ...(chain.length === 0
      ? []
      : [
          '',
          'What happened',
          ...chain.map(
            ({ at, position, actor, actor_name: name, sentence: what }) =>
              `  ${at}  #${position}  ${actorName(actor, name)}: ${what}`,
          ),
        ]),
    ...(isComplete ? [] : ['', 'There may be more events: see muster events.']),
  ].map((line) => printable(localTimes(shortText(line, look, host))));
}
