import type { ReactNode } from 'react';
import { Name } from '../parts/name/name.js';

const UUID = /([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A sentence about objects, with long ids shortened to their first block and shown in full on hover. */
export function Words({ text }: { readonly text: string }): ReactNode {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(UUID)) {
    parts.push(<Name key={`${from} text`} text={text.slice(from, match.index)} />);
    parts.push(
      <span key={`${from} id`} className="mono" title={match[0]}>
        {match[1]}
      </span>,
    );
    from = match.index + match[0].length;
  }
  return from === 0 ? (
    <Name text={text} />
  ) : (
    <>
      {parts}
      <Name text={text.slice(from)} />
    </>
  );
}
