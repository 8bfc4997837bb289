import type { Services } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';
import { changeLines, dryRunLines } from '../jobs/dry-run-view.js';

const ACTIONS: Readonly<Record<Services['ServicePreview']['action'], string>> = {
  start: 'would start',
  update: 'would be redeployed',
  none: 'no change',
};

export function previewPage({
  action,
  version,
  compared_with: running,
  changes,
  rendered,
  rollout,
  groups,
}: Services['ServicePreview']): string[] {
  const { count, first, stops_first: stopsFirst } = rollout;
  return [
    ...fieldLines([
      ['Preview', `${ACTIONS[action]}, as version ${version}`],
      ['Running', running === null ? 'nothing' : `version ${running}`],
      [
        'Instances',
        `${count}${first < count ? `, ${first} of them immediately` : ''}${stopsFirst && running !== null ? '; running instances stop first' : ''}`,
      ],
    ]),
    ...(changes.length === 0 ? [] : ['', ...changeLines(changes)]),
    '',
    ...JSON.stringify(rendered.tasks, null, 2).split('\n'),
    '',
    ...dryRunLines(groups),
  ];
}
