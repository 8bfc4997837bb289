import type { Action } from '../../actions/action.js';
import type { PlainRow } from '../../app/plain-detail.js';
import { shortActor } from '../../parts/name/short.js';

interface Versions {
  readonly versions: readonly {
    readonly version: number;
    readonly because: string;
    readonly created_by: string;
    readonly created_by_name: string | null;
  }[];
}

export function serviceActions({ id, name }: PlainRow): readonly Action[] {
  const path = `/api/v1/services/${encodeURIComponent(String(id))}`;
  return [
    {
      id: 'start',
      title: 'Start',
      explanation: 'Deploys the current version.',
      method: 'POST',
      path: `${path}/start`,
    },
    {
      id: 'restart',
      title: 'Restart',
      explanation: 'Replaces all instances.',
      method: 'POST',
      path: `${path}/restart`,
    },
    {
      id: 'roll-back',
      title: 'Roll back',
      explanation: 'Deploys an earlier version again.',
      fields: [
        {
          name: 'version',
          label: 'Version',
          path: `${path}/versions?limit=50`,
          options: ({ versions }: Versions) =>
            versions
              .slice(1)
              .map(({ version, because, created_by, created_by_name: name }) => [
                String(version),
                `${version}: ${because.replaceAll('_', ' ')} by ${name ?? shortActor(created_by)}`,
              ]),
        },
      ],
      method: 'POST',
      path: `${path}/rollback`,
      plan: `${path}/preview`,
      body: ({ version }) => ({ version: Number(version) }),
    },
    {
      id: 'stop',
      title: 'Stop',
      explanation: 'Stops all instances. The volumes of the service are kept.',
      typed: name ?? String(id),
      method: 'POST',
      path: `${path}/stop`,
    },
  ];
}
