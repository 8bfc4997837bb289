import type { ReactNode } from 'react';
import { VersionTable } from '../../app/version-table.js';
import type { components } from '../../generated/cluster.js';
import { useRead } from '../../moment/use-read.js';
import { Unanswered } from '../../parts/states/states.js';

type Versions = components['schemas']['JobVersionList'];

export function Versions({ id }: { readonly id: string }): ReactNode {
  const { data, error, refetch } = useRead<Versions>(`/jobs/${encodeURIComponent(id)}/versions`, {
    subjects: [`job:${id}`],
  });
  if (data === undefined) return <Unanswered what="versions" error={error} retry={() => void refetch()} />;
  const { versions } = data.body;
  return (
    <VersionTable
      current={versions.find(({ present }) => present)?.version}
      versions={versions.map(({ created_by, created_by_name, created_at, ...version }) => ({
        ...version,
        by: created_by,
        by_name: created_by_name,
        at: new Date(created_at * 1000).toISOString(),
      }))}
    />
  );
}
