import { useState, type ReactNode } from 'react';
import type { components } from '../generated/audit.js';
import { ObjectLink, short } from '../app/object-link.js';
import { useSetSearch } from '../moment/in-url.js';
import { When } from '../moment/when.js';
import { isMissing } from '../parts/states/states.js';
import { meaningOf } from '../parts/status/meaning.js';
import { visible } from '../parts/name/visible.js';
import css from './panel.module.css';
import { Actor } from './actor.js';
import { useWhy, type Why } from './use-why.js';
import { Words } from './words.js';

type Verdict = components['schemas']['ExplainedNode'];

export type ExplainedKind = components['schemas']['ExplainedKind'];

/** Number of nodes to show before the rest is collapsed. */
const VERDICTS_SHOWN = 8;

/** Explains a state: a sentence, its evidence, and its causes. */
export function WhyPanel({
  kind,
  id,
  subjects,
  status = '',
  label = 'Why',
}: {
  readonly kind: ExplainedKind;
  readonly id: string;
  readonly subjects: readonly string[];
  /** Names the panel, if a page has several. */
  readonly label?: string;
  /** Status of the object. Empty while it is unknown, because the explanation may arrive first. */
  readonly status?: string | undefined;
}): ReactNode {
  const { data, error, isPlaceholderData } = useWhy(kind, id, subjects);
  if (data === undefined && isMissing(error)) return null;
  if (data === undefined)
    return (
      <div className={css['why']} role={error === null ? 'status' : 'note'}>
        <p className={css['muted']}>
          {error === null ? 'Loading the explanation …' : `Why: ${visible(error.message)}`}
        </p>
      </div>
    );
  const { sentence, evidence, placement, waiting, chain } = data.body;
  const verdicts = [
    ...(placement?.survey?.verdicts ?? []),
    ...(waiting ?? []).flatMap(({ survey }) => survey?.verdicts ?? []),
  ];
  return (
    <section
      className={css['why']}
      data-tone={toneOf(status, (waiting ?? []).length > 0)}
      aria-label={label}
      aria-busy={isPlaceholderData}
    >
      <p className={css['sentence']}>
        <Words text={sentence} />
      </p>
      {evidence.length > 0 ? (
        <ul className={css['evidence']}>
          {evidence.map((each) => (
            <li key={each}>
              <Words text={each} />
            </li>
          ))}
        </ul>
      ) : null}
      {verdicts.length > 0 ? <Verdicts verdicts={verdicts} /> : null}
      {chain.length > 0 ? <Chain chain={chain} /> : null}
    </section>
  );
}

function toneOf(status: string, waits: boolean): 'plain' | 'waits' | 'warns' | 'bad' {
  const meaning = status === '' && waits ? 'waits' : meaningOf(status);
  return meaning === 'bad' || meaning === 'waits' || meaning === 'warns' ? meaning : 'plain';
}

function Verdicts({ verdicts }: { readonly verdicts: readonly Verdict[] }): ReactNode {
  const [all, setAll] = useState(false);
  const shown = all ? verdicts : verdicts.slice(0, VERDICTS_SHOWN);
  return (
    <details className={css['more']}>
      <summary>
        {verdicts.length} {verdicts.length === 1 ? 'node' : 'nodes'} considered
      </summary>
      <table className={css['verdicts']}>
        <tbody>
          {shown.map(({ node_id, sentence }, place) => (
            <tr key={`${node_id}-${place}`}>
              <th scope="row">
                <ObjectLink kind="node" id={node_id} label={short(node_id)} mono />
              </th>
              <td>
                <Words text={sentence} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all || verdicts.length <= VERDICTS_SHOWN ? null : (
        <button type="button" className="button" onClick={() => setAll(true)}>
          Show all {verdicts.length}
        </button>
      )}
    </details>
  );
}

function Chain({ chain }: { readonly chain: Why['chain'] }): ReactNode {
  const setSearch = useSetSearch();
  return (
    <details className={css['more']}>
      <summary>
        Cause and effect: {chain.length} {chain.length === 1 ? 'event' : 'events'}
      </summary>
      <ol className={css['chain']}>
        {chain.map(({ position, at, actor, actor_name, sentence }) => (
          <li key={position}>
            <button type="button" className={css['link']} onClick={() => setSearch({ at: position })}>
              <Words text={sentence} />
            </button>
            <span className={css['muted']}>
              <When at={at} position={position} />
              <Actor actor={actor} actor_name={actor_name} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
