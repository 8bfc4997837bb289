import { visible } from '../parts/name/visible.js';
import { StatusIcon } from '../parts/status/status.js';
import type { Column } from '../parts/table/columns.js';
import { Words } from './words.js';

/** Describes an event in a sentence, with an icon if something failed. */
export const HAPPENED_COLUMN: Column<{ readonly words: string; readonly failed: boolean }> = {
  id: 'words',
  title: 'What happened',
  width: 'minmax(240px, 3fr)',
  cell: ({ words, failed }) => (
    <span title={visible(words)}>
      {failed ? <StatusIcon value="failed" /> : null} <Words text={words} />
    </span>
  ),
};

export const ACTOR_COLUMN: Column<{ readonly actor: string | null; readonly actor_name: string | null }> = {
  id: 'actor',
  title: 'Actor',
  width: '150px',
  cell: ({ actor, actor_name: name }) => <Words text={name ?? actor ?? '–'} />,
};
