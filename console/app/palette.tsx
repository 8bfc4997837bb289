import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { read } from '../api/client.js';
import type { Page } from '../api/types.js';
import { useAt } from '../moment/in-url.js';
import { Dialog } from '../parts/dialog/dialog.js';
import { Name } from '../parts/name/name.js';
import { Status } from '../parts/status/status.js';
import { pathOf, short } from './object-link.js';
import type { Room } from './rooms.js';
import css from './palette.module.css';

interface Found {
  readonly key: string;
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly status?: string | undefined;
}

interface Row {
  readonly id?: string | number;
  readonly name?: string;
  readonly task?: string | number;
  readonly task_name?: string;
  readonly number?: number;
  readonly job?: string;
  readonly status?: string;
  readonly phase?: string;
}

/** The lists to search. A list is searched only if the account may see its page (`room`). */
const SOURCES: readonly (readonly [list: string, kind: string, room: string])[] = [
  ['jobs', 'job', 'jobs'],
  ['nodes', 'node', 'nodes'],
  ['tasks', 'task', 'tasks'],
  ['services', 'service', 'services'],
  ['environments', 'environment', 'environments'],
  ['claims', 'claim', 'gpus'],
  ['allocations', 'allocation', 'allocations'],
  ['runs', 'run', 'tasks'],
];
/** Maximum number of results per kind, which also bounds the total. */
const MOST_OF_A_KIND = 5;
const TYPING_MS = 150;

/** Finds pages by title, and objects by name or id, using only the keyboard. */
export function Palette({
  rooms,
  onClose,
}: {
  readonly rooms: readonly Room[];
  readonly onClose: () => void;
}): ReactNode {
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const navigate = useNavigate();
  const wanted = text.trim();
  const { data: objects = [], isFetching } = useObjects(
    wanted,
    rooms.map(({ id }) => id),
  );
  const pages = rooms
    .filter(({ title }) => title.toLowerCase().includes(wanted.toLowerCase()))
    .map(({ id, title, path }): Found => ({ key: `page ${id}`, path, kind: 'page', name: title }));
  const found = wanted === '' ? pages : [...objects, ...pages];
  const chosen = Math.min(place, Math.max(0, found.length - 1));
  const go = (to: Found | undefined): void => {
    if (to === undefined) return;
    onClose();
    void navigate({ to: to.path as '/' });
  };
  const press = (event: KeyboardEvent): void => {
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0 && found.length > 0) setPlace((chosen + move + found.length) % found.length);
    else if (event.key === 'Enter') go(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Find" open onClose={onClose}>
      <input
        data-first
        className={`input ${css['field']}`}
        role="combobox"
        aria-label="Find a page or an object by name or id"
        aria-expanded={found.length > 0}
        aria-controls="palette-list"
        aria-autocomplete="list"
        {...(found.length > 0 ? { 'aria-activedescendant': `palette-${chosen}` } : {})}
        placeholder="Name or id"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setPlace(0);
        }}
        onKeyDown={press}
      />
      <p className={css['count']} role="status">
        {isFetching ? 'Searching …' : `${found.length} found`}
      </p>
      <div id="palette-list" role="listbox" aria-label="Results" className={css['list']}>
        {found.map((each, index) => (
          // The input keeps the focus, and its key handler moves the selection.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={each.key}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={css['option']}
            onMouseMove={() => setPlace(index)}
            onClick={() => go(each)}
          >
            <span className={css['kind']}>{each.kind}</span>
            <span className={css['name']}>
              <Name text={each.name} />
            </span>
            {each.status === undefined ? null : <Status value={each.status} />}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

/** Keeps the previous results while new ones load. If a kind cannot be read, the results of other kinds are still shown. */
function useObjects(wanted: string, rooms: readonly string[]): UseQueryResult<readonly Found[], Error> {
  const at = useAt();
  return useQuery<readonly Found[], Error>({
    queryKey: ['palette', wanted, rooms.join(), at ?? 'live'],
    enabled: wanted !== '',
    placeholderData: (previous) => previous,
    queryFn: async ({ signal }): Promise<readonly Found[]> => {
      await rest(TYPING_MS, signal);
      const query = new URLSearchParams({ filter: wanted, limit: String(MOST_OF_A_KIND) });
      const lists = await Promise.all(
        SOURCES.filter(([, , room]) => rooms.includes(room)).map(async ([list, kind]) => {
          try {
            const { body } = await read<Page<Row>>(`/console/api/${list}?${query.toString()}`, at, signal);
            return body.rows.map((row) => foundOf(kind, row));
          } catch (error) {
            if (signal.aborted) throw error;
            return [];
          }
        }),
      );
      const exact = wanted.toLowerCase();
      const closeness = ({ name, path }: Found): number =>
        name.toLowerCase() === exact || path.endsWith(`/${encodeURIComponent(exact)}`)
          ? 0
          : name.toLowerCase().startsWith(exact)
            ? 1
            : 2;
      return lists.flat().sort((a, b) => closeness(a) - closeness(b));
    },
  });
}

function foundOf(kind: string, row: Row): Found {
  const id = kind === 'run' ? `${row.task ?? ''}/${row.number ?? ''}` : String(row.id ?? '');
  const own = row.name === undefined || row.name === '' ? short(id) : row.name;
  const name =
    kind === 'run'
      ? `${row.task_name ?? ''}, run ${row.number ?? ''}`
      : kind === 'allocation'
        ? `${short(id)} of ${row.job ?? ''}`
        : own;
  return {
    key: `${kind} ${id}`,
    path: pathOf(kind, id) ?? '/',
    kind,
    name,
    status: row.status ?? row.phase,
  };
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('The input changed.', 'AbortError'));
    });
  });
}
