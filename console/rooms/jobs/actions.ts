import type { Action } from '../../actions/action.js';
import { shortActor } from '../../parts/name/short.js';
import type { components } from '../../generated/cluster.js';

type Versions = components['schemas']['JobVersionList'];

export function jobActions(id: string): readonly Action[] {
  const path = `/jobs/${encodeURIComponent(id)}`;
  return [
    {
      id: 'stop',
      title: 'Stop',
      explanation: 'Stops all allocations of the job. You can restart it later.',
      typed: id,
      method: 'DELETE',
      path,
    },
    {
      id: 'restart',
      title: 'Restart',
      explanation: 'Runs a stopped, complete or failed job again with its current version.',
      method: 'POST',
      path: `${path}/restart`,
    },
    {
      id: 'revert',
      title: 'Revert',
      explanation: 'Creates a new version from an earlier one and replaces the running instances.',
      fields: [
        {
          name: 'version',
          label: 'Version',
          path: `${path}/versions`,
          options: ({ versions }: Versions) =>
            versions
              .filter(({ present }) => !present)
              .map(({ version, because, created_by, created_by_name: name }) => [
                String(version),
                `${version}: ${because} by ${name ?? shortActor(created_by)}`,
              ]),
        },
      ],
      method: 'POST',
      path: `${path}/revert`,
      plan: `${path}/revert/plan`,
      body: ({ version }) => ({ version: Number(version) }),
    },
  ];
}
