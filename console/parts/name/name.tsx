import { Fragment, type ReactNode } from 'react';
import { pieces } from './visible.js';
import css from './name.module.css';

/** Text chosen by a user: isolated from the surrounding text direction, with hidden characters shown as their codes. */
export function Name({ text, mono = false }: { readonly text: string; readonly mono?: boolean }): ReactNode {
  return (
    <bdi className={mono ? css['mono'] : undefined}>
      {pieces(text).map((piece, place) =>
        'text' in piece ? (
          piece.text
        ) : (
          <span key={place} className={css['hidden']} title="Invisible character">
            {piece.hidden}
          </span>
        ),
      )}
    </bdi>
  );
}

/** Multi-line text from a user or a program, for elements that preserve line breaks. */
export function Lines({ text }: { readonly text: string }): ReactNode {
  return text.split('\n').map((line, place) => (
    <Fragment key={place}>
      {place === 0 ? null : '\n'}
      <Name text={line} />
    </Fragment>
  ));
}
