import type { ReactNode } from 'react';
import { Filter } from '../filter.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import css from './events.module.css';

export interface EventFilter {
  readonly type: string;
  readonly object: string;
  readonly actor: string;
  /** A moment, as typed. */
  readonly from: string;
  readonly oldestFirst: boolean;
  readonly isSet: boolean;
}

/** The parameters of the URL, and what may be typed. */
const FIELDS = [
  ['type', 'Type', 'Type, such as failed'],
  ['object', 'Object', 'Object, such as job:hello'],
  ['actor', 'Actor', 'Actor, such as ann'],
  ['from', 'From', 'From: -1h, 14:32, #18204'],
] as const;

/** Returns the filter in the URL. */
export function useEventFilter(): EventFilter {
  const { type = '', object = '', actor = '', from = '', sort } = useSearch();
  const isSet = [type, object, actor, from].some((each) => each !== '');
  return { type, object, actor, from, oldestFirst: sort === 'at', isSet };
}

export function EventFilters({ filter }: { readonly filter: EventFilter }): ReactNode {
  const setSearch = useSetSearch();
  return (
    <div className={css['filters']}>
      {FIELDS.map(([name, title, placeholder]) => (
        <Filter
          key={name}
          title={title}
          placeholder={placeholder}
          value={filter[name]}
          onChange={(next) => setSearch({ [name]: next === '' ? undefined : next }, { replace: true })}
        />
      ))}
      {filter.isSet ? (
        <button
          type="button"
          className="button"
          onClick={() => setSearch({ type: undefined, object: undefined, actor: undefined, from: undefined })}
        >
          Clear the filter
        </button>
      ) : null}
    </div>
  );
}
