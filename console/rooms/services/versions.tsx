import type { ReactNode } from 'react';
import { VersionTable } from '../../app/version-table.js';
import type { components } from '../../generated/services.js';
import { useRead } from '../../moment/use-read.js';
import { Unanswered } from '../../parts/states/states.js';

type Versions = components['schemas']['ServiceVersionList'];

const SHOWN = 50;

export function ServiceVersions({ service }: { readonly service: string }): ReactNode {
  const { data, error, refetch } = useRead<Versions>(
    `/api/v1/services/${encodeURIComponent(service)}/versions?limit=${SHOWN}`,
    { subjects: [`service:${service}`] },
  );
  if (data === undefined) return <Unanswered what="versions" error={error} retry={() => void refetch()} />;
  const { versions } = data.body;
  return (
    <VersionTable
      current={versions[0]?.version}
      versions={versions.map(({ created_by, created_by_name, created_at, ...version }) => ({
        ...version,
        by: created_by,
        by_name: created_by_name,
        at: created_at,
      }))}
    />
  );
}
