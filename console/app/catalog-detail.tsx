import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useRead } from '../moment/use-read.js';
import { Name } from '../parts/name/name.js';
import { Missing } from '../parts/states/states.js';
import { Detail } from './detail.js';
import { Fields } from './fields.js';

/** The page of an object from another API, with its fields and, if its kind is recorded, its events. */
export function CatalogDetail<Row extends object>({
  kind,
  path,
  row: pick,
  title,
  facts = () => [],
  command,
}: {
  readonly kind: string;
  readonly path: (id: string) => string;
  readonly row: (body: never, id: string) => Row | undefined;
  readonly title: (row: Row) => string;
  readonly facts?: (row: Row) => readonly (readonly [label: string, value: ReactNode])[];
  readonly command: (row: Row) => readonly string[];
}): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const subject = `${kind}:${id}`;
  const { data, error, refetch, isPlaceholderData } = useRead<never>(path(id), { subjects: [subject] });
  const row = data === undefined ? undefined : pick(data.body, id);
  const missing = (
    <Missing what={kind} answered={data !== undefined} error={error} retry={() => void refetch()} />
  );
  return (
    <Detail
      subject={subject}
      busy={isPlaceholderData}
      title={<Name text={row === undefined ? id : title(row)} />}
      facts={row === undefined ? [] : facts(row)}
      json={path(id)}
      {...(row === undefined ? {} : { command: command(row) })}
      tabs={[
        {
          id: 'fields',
          title: 'Fields',
          content: () => (row === undefined ? missing : <Fields row={row} />),
        },
      ]}
    />
  );
}
