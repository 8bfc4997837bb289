import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { useSettings } from '../../app/settings.js';
import { Name } from '../../parts/name/name.js';
import { visible } from '../../parts/name/visible.js';
import type { Column } from '../../parts/table/columns.js';
import { Table } from '../../parts/table/table.js';
import { absolute, grouped } from '../../parts/time/format.js';
import { ACTOR_COLUMN, HAPPENED_COLUMN } from '../../why/event-columns.js';
import { narrowedEvents, type Incident, type IncidentEvent } from './file.js';
import css from './incident.module.css';

/** The events of a file. The page sends no request and has no links, because the file may come from another cluster. */
export function OpenedFile({
  name,
  incident: { head, events, problem },
}: {
  readonly name: string;
  readonly incident: Incident;
}): ReactNode {
  const { utc } = useSettings();
  const [filter, setFilter] = useState('');
  const [selected, setSelected] = useState<IncidentEvent>();
  const wanted = useDeferredValue(filter);
  const rows = useMemo(() => narrowedEvents(events, wanted), [events, wanted]);
  const columns = useMemo(() => columnsOf(utc), [utc]);
  return (
    <section className={css['file']} aria-label="Opened file">
      <h2>
        <Name text={name} />
      </h2>
      <p className={css['banner']} role="note">
        {head === undefined
          ? 'An export of a log. '
          : `Written by Muster ${visible(head.server)} at ${visible(head.made_at)}, positions ${grouped(visible(head.from))} to ${grouped(visible(head.to))}. `}
        This is a file, not the live cluster. It is read-only.
      </p>
      {problem === undefined ? null : (
        <p role="alert" className={css['problem']}>
          {problem}
        </p>
      )}
      <div className={css['tools']}>
        <input
          type="search"
          className="input"
          aria-label="Filter: events in the file"
          placeholder="Words, an id, an event type"
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
        />
        <span role="status">
          {grouped(rows.length)} {rows.length === 1 ? 'event' : 'events'}
        </span>
      </div>
      <div className={css['table']}>
        <Table
          label="Events in the file"
          columns={columns}
          total={rows.length}
          row={(index) => rows[index]}
          rowKey={({ position }) => position}
          selected={selected?.position}
          onOpen={setSelected}
        />
      </div>
      {selected === undefined ? null : (
        <section aria-label={`Event ${selected.position}`}>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keys scroll it */}
          <pre className={css['raw']} tabIndex={0}>
            {JSON.stringify(selected.raw, null, 2).split('\n').map(visible).join('\n')}
          </pre>
        </section>
      )}
    </section>
  );
}

function columnsOf(utc: boolean): readonly Column<IncidentEvent>[] {
  return [
    {
      id: 'position',
      title: 'Position',
      width: '80px',
      align: 'end',
      cell: ({ position }) => <span className="mono">{grouped(visible(position))}</span>,
    },
    {
      id: 'at',
      title: 'When',
      width: '170px',
      cell: ({ at }) => {
        const time = new Date(at);
        return Number.isNaN(time.getTime()) ? (
          <span className="muted">–</span>
        ) : (
          <time dateTime={at}>{absolute(time, new Date(0), utc)}</time>
        );
      },
    },
    HAPPENED_COLUMN,
    {
      id: 'object',
      title: 'Object',
      width: 'minmax(140px, 1fr)',
      cell: ({ kind, id, stream }) => (
        <>
          {kind === null ? null : <span className="muted">{visible(kind)} </span>}
          <Name text={id ?? stream} />
        </>
      ),
    },
    { id: 'type', title: 'Event', width: '180px', cell: ({ type }) => <Name text={type} /> },
    ACTOR_COLUMN,
  ];
}
