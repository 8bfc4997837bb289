import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { NodeRow } from '../../api/types.js';
import { useAllNodes } from '../../app/all-nodes.js';
import { Choice } from '../../app/choice.js';
import { pathOf, short } from '../../app/object-link.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import { visible } from '../../parts/name/visible.js';
import { Empty, Failed, Loading } from '../../parts/states/states.js';
import { bytes, grouped } from '../../parts/time/format.js';
import { DIMENSIONS, levelOf, shareOf, sumOf, type Dimension } from './load.js';
import { stateOf } from './state.js';
import css from './map.module.css';

/** Shows all nodes as a grid with one cell per node, coloured by how much of the node is allocated. */
export function NodeMap(): ReactNode {
  const by = useDimension();
  const { nodes, total, error, busy, retry } = useAllNodes();
  if (error !== undefined) return <Failed error={error} retry={retry} />;
  if (total === undefined) return <Loading what="nodes" />;
  if (total === 0) return <Empty title="There are no nodes">A node joins when its agent starts.</Empty>;
  const { used, all, unavailable } = sumOf(nodes, by);
  const format = by === 'memory' ? bytes : grouped;
  return (
    <div className={css['map']} aria-busy={busy}>
      <p role="status">
        {DIMENSIONS[by]}: {format(used)} of {format(all)} allocated
        {all === 0 ? '' : ` (${Math.round((100 * used) / all)} %)`}
        {unavailable === 0
          ? ''
          : ` · ${grouped(unavailable)} of ${grouped(total)} nodes ${unavailable === 1 ? 'does' : 'do'} not accept work`}
        {total > nodes.length && !busy ? ` · the first ${grouped(nodes.length)} nodes are shown` : ''}
      </p>
      <Cells nodes={nodes} by={by} />
      <Legend />
    </div>
  );
}

/** Selects the resource that the colours show. */
export function MapTools(): ReactNode {
  const setSearch = useSetSearch();
  const by = useDimension();
  return (
    <Choice
      label="Colour by"
      value={by}
      options={Object.entries(DIMENSIONS).map(([id, title]) => [id, `${title} allocated`])}
      onChange={(next) => setSearch({ by: next === 'cpu' ? undefined : next }, { replace: true })}
    />
  );
}

function useDimension(): Dimension {
  const { by } = useSearch();
  return by === 'memory' || by === 'gpus' ? by : 'cpu';
}

/** A single tab stop. Arrow keys move between the cells. */
function Cells({ nodes, by }: { readonly nodes: readonly NodeRow[]; readonly by: Dimension }): ReactNode {
  const navigate = useNavigate();
  const [current, setCurrent] = useState(0);
  const open = (id: string): void => void navigate({ to: (pathOf('node', id) ?? '/nodes') as '/' });
  const move = (event: KeyboardEvent<HTMLUListElement>): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columnsOf(event.currentTarget),
      ArrowUp: -columnsOf(event.currentTarget),
      Home: -nodes.length,
      End: nodes.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = Math.min(Math.max(current + step, 0), nodes.length - 1);
    setCurrent(to);
    event.currentTarget.querySelectorAll('a')[to]?.focus();
  };
  const cells = useMemo(() => nodes.map((node) => ({ node, ...cellOf(node, by) })), [nodes, by]);
  return (
    // Arrow keys move between cells.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul className={css['cells']} aria-label="Load per node" onKeyDown={move}>
      {cells.map(({ node, level, words, state, share }, place) => (
        <li key={node.id}>
          <a
            href={`/console${pathOf('node', node.id) ?? ''}`}
            className={css['cell']}
            data-level={level}
            data-state={state}
            tabIndex={place === current ? 0 : -1}
            aria-label={words}
            title={words}
            onFocus={() => setCurrent(place)}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              open(node.id);
            }}
          >
            <span aria-hidden="true">{state === 'ready' ? share : '×'}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function cellOf(
  node: NodeRow,
  by: Dimension,
): { readonly level: number; readonly words: string; readonly state: string; readonly share: string } {
  const share = shareOf(node[by]);
  const format = by === 'memory' ? bytes : grouped;
  const percent = share === undefined ? '–' : String(Math.round(share * 100));
  const state = stateOf(node);
  const amount =
    share === undefined
      ? 'none'
      : `${format(node[by].used)} of ${format(node[by].total)} allocated, ${percent} %`;
  const name = visible(short(node.name === '' ? node.id : node.name));
  return {
    level: levelOf(share),
    words: `${name}: ${DIMENSIONS[by]} ${amount}; ${state}; ${node.allocations} ${node.allocations === 1 ? 'allocation' : 'allocations'}`,
    state,
    share: percent,
  };
}

function columnsOf(list: HTMLElement): number {
  const cells = Array.from(list.children) as HTMLElement[];
  const top = cells[0]?.offsetTop;
  const next = cells.findIndex(({ offsetTop }) => offsetTop !== top);
  return next === -1 ? cells.length : next;
}

const LEVELS = ['nothing', 'up to 25 %', 'up to 50 %', 'up to 75 %', 'up to 90 %', 'over 90 %'] as const;

function Legend(): ReactNode {
  return (
    <ul className={css['legend']} aria-label="Colours">
      {LEVELS.map((words, level) => (
        <li key={words}>
          <span className={css['swatch']} data-level={level} aria-hidden="true" />
          {words}
        </li>
      ))}
      <li>
        <span className={css['swatch']} data-state="down" aria-hidden="true">
          ×
        </span>
        does not accept work
      </li>
    </ul>
  );
}
