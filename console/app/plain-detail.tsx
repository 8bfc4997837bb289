import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Action } from '../actions/action.js';
import type { Page } from '../api/types.js';
import { useRead } from '../moment/use-read.js';
import { Name } from '../parts/name/name.js';
import { Missing } from '../parts/states/states.js';
import { Status } from '../parts/status/status.js';
import { WhyPanel, type ExplainedKind } from '../why/panel.js';
import { Since } from '../why/since.js';
import { Detail, type Tab } from './detail.js';
import { Fields } from './fields.js';
import { useRights } from './rights.js';

export interface PlainRow {
  readonly id: string | number;
  readonly name?: string;
  readonly status?: string;
  readonly phase?: string;
}

/** The generic page of an object: its fields, an explanation of its state, and its events. */
export function PlainDetail({
  kind,
  path,
  explained,
  command,
  actions,
  tabs,
}: {
  readonly kind: string;
  readonly path: string;
  readonly explained?: ExplainedKind;
  /** Arguments of the `muster` command that shows the object. */
  readonly command?: (row: PlainRow) => readonly string[];
  /** Actions for accounts that may change the objects of their tenant. */
  readonly actions?: (row: PlainRow) => readonly Action[];
  /** Tabs after the fields. */
  readonly tabs?: (row: PlainRow) => readonly Tab[];
}): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const { tenant } = useRights();
  const subject = `${kind}:${id}`;
  const url = `${path}?${new URLSearchParams({ filter: `id:${id}`, limit: '200' }).toString()}`;
  const { data, error, refetch, isPlaceholderData } = useRead<Page<PlainRow>>(url, { subjects: [subject] });
  const row = data?.body.rows.find((each) => String(each.id) === id);
  const status = row?.status ?? row?.phase ?? '';
  const missing = (
    <Missing what={kind} answered={data !== undefined} error={error} retry={() => void refetch()} />
  );
  return (
    <Detail
      subject={subject}
      busy={isPlaceholderData}
      actions={row !== undefined && tenant ? (actions?.(row) ?? []) : []}
      json={url}
      {...(command === undefined || row === undefined ? {} : { command: command(row) })}
      title={<Name text={row?.name ?? id} />}
      facts={
        row === undefined
          ? []
          : [
              ['Status', <Status key="status" value={status} />],
              ...(explained === undefined
                ? []
                : [['Since', <Since key="since" kind={explained} id={id} subjects={[subject]} />] as const]),
            ]
      }
      why={
        explained === undefined ? undefined : (
          <WhyPanel kind={explained} id={id} subjects={[subject]} status={status} />
        )
      }
      tabs={[
        {
          id: 'fields',
          title: 'Fields',
          content: () => (row === undefined ? missing : <Fields row={row} />),
        },
        ...(row === undefined ? [] : (tabs?.(row) ?? [])),
      ]}
    />
  );
}
