import type { ReactNode } from 'react';
import { useSearch, useSetSearch } from '../moment/in-url.js';

/** Switches between the list and a different view of the same objects. `view` is the name of that view in the URL. */
export function ViewButton({ view, title }: { readonly view: string; readonly title: string }): ReactNode {
  const shown = useSearch()['view'] === view;
  const setSearch = useSetSearch();
  return (
    <button
      type="button"
      className="button"
      onClick={() =>
        setSearch({ view: shown ? undefined : view, by: undefined, filter: undefined, sort: undefined })
      }
    >
      {shown ? 'List' : title}
    </button>
  );
}
