import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../generated/audit.js';
import { ObjectLink, pathOf, short } from '../app/object-link.js';
import { changedPath, RECORDED_KINDS } from '../moment/changed.js';
import { useSetSearch, type Range } from '../moment/in-url.js';
import { useRead } from '../moment/use-read.js';
import { Empty, Unanswered } from '../parts/states/states.js';
import type { Column } from '../parts/table/columns.js';
import { Table } from '../parts/table/table.js';
import { grouped } from '../parts/time/format.js';
import { Mark } from './mark.js';
import type { Difference } from './rows.js';
import css from './compare.module.css';

type Changed = components['schemas']['ChangedObjects'];
type Item = Changed['objects'][number];

const DIFFERENCES: Readonly<Record<Item['change'], Difference>> = {
  created: 'added',
  changed: 'changed',
  ended: 'gone',
};

/** Lists the objects that differ between two moments, of one kind or of all kinds. */
export function ChangedObjects({
  range,
  kind,
}: {
  readonly range: Range;
  readonly kind?: string;
}): ReactNode {
  const setSearch = useSetSearch();
  const navigate = useNavigate();
  const { data, error, refetch } = useRead<Changed>(changedPath(range, kind), {
    now: true,
    subjects: kind === undefined ? RECORDED_KINDS : [kind],
  });
  if (data === undefined)
    return <Unanswered what="the differences" error={error} retry={() => void refetch()} />;
  const { objects, next } = data.body;
  if (objects.length === 0) return <Empty title="Nothing differs between the two moments" />;
  return (
    <section className={css['objects']} aria-label="Differences">
      {next === null ? null : (
        <p className={css['note']}>Only the first {grouped(objects.length)} differences are shown.</p>
      )}
      <Table
        label="Objects that differ"
        columns={columnsOf((position) => setSearch({ at: position }))}
        total={objects.length}
        row={(index) => objects[index]}
        rowKey={({ object }) => object}
        onOpen={({ object }) => {
          const path = pathOf(...named(object));
          if (path !== undefined) void navigate({ to: path as '/' });
        }}
      />
    </section>
  );
}

function columnsOf(show: (position: string) => void): readonly Column<Item>[] {
  return [
    {
      id: 'difference',
      title: 'Difference',
      width: '90px',
      cell: ({ change }) => <Mark difference={DIFFERENCES[change]} />,
    },
    { id: 'kind', title: 'Kind', width: '110px', cell: ({ object }) => named(object)[0] },
    {
      id: 'object',
      title: 'Object',
      width: 'minmax(160px, 1fr)',
      cell: ({ object }) => {
        const [kind, id] = named(object);
        return <ObjectLink kind={kind} id={id} label={short(id)} />;
      },
    },
    {
      id: 'position',
      title: 'Last change',
      width: '120px',
      align: 'end',
      cell: ({ position }) => (
        <button
          type="button"
          className={css['position']}
          title="Show this moment"
          onClick={() => show(position)}
        >
          #{grouped(position)}
        </button>
      ),
    },
  ];
}

function named(object: string): [kind: string, id: string] {
  const colon = object.indexOf(':');
  return [object.slice(0, colon), object.slice(colon + 1)];
}
