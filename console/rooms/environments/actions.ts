import type { Action } from '../../actions/action.js';
import type { PlainRow } from '../../app/plain-detail.js';
import type { components } from '../../generated/conda.js';

type Generations = components['schemas']['GenerationList'];

export function environmentActions({ id, name }: PlainRow): readonly Action[] {
  const path = `/api/conda/environment/${encodeURIComponent(name ?? String(id))}`;
  return [
    {
      id: 'roll-back',
      title: 'Roll back',
      explanation:
        'Runs that start from now on use an earlier generation. Nothing is built, and no generation is deleted.',
      fields: [
        {
          name: 'generation',
          label: 'Generation',
          path: `${path}/generations`,
          options: ({ generations }: Generations) =>
            generations
              .filter(({ current }) => !current)
              .map(({ generation, package_count, created_at }) => [
                String(generation),
                `${generation}: ${package_count} packages, built ${created_at}`,
              ]),
        },
      ],
      method: 'POST',
      path: `${path}/rollback`,
      body: ({ generation }) => ({ generation: Number(generation) }),
    },
  ];
}
