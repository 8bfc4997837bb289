import type { Services } from '../client.js';
import { fieldLines } from '../output.js';
import { changeLines, dryRunLines } from './dry-run.js';

const ACTIONS: Readonly<Record<Services['ServicePreview']['action'], string>> = {
  start: 'it would start',
  update: 'it would be rolled over',
  none: 'it runs as it is',
};

/** What would become of a service: what differs, what an instance would be, and where it would go. */
export function previewPage({ action, version, compared_with: running, changes, rendered, rollout, groups }: Services['ServicePreview']): string[] {
  const { count, first, stops_first: stopsFirst } = rollout;
  return [
    ...fieldLines([
      ['Preview', `${ACTIONS[action]}, as version ${version}`],
      ['Runs now', running === null ? 'nothing' : `version ${running}`],
      ['Instances', `${count}${first < count ? `, ${first} at once` : ''}${stopsFirst && running !== null ? '; what runs ends first' : ''}`],
    ]),
    ...(changes.length === 0 ? [] : ['', ...changeLines(changes)]),
    '',
    ...JSON.stringify(rendered.tasks, null, 2).split('\n'),
    '',
    ...dryRunLines(groups),
  ];
}
