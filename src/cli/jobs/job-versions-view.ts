import type { Cluster } from '../shared/client.js';
import { showTime, tableLines } from '../shared/output.js';
import { changesText } from '../shared/changes-view.js';

export function jobVersionTable({ versions }: Cluster['JobVersionList']): string[] {
  return tableLines(
    ['VERSION', 'BECAUSE', 'BY', 'CREATED', 'CHANGES'],
    versions.map(({ version, present, because, from, created_by: by, created_at: created, changes }) => [
      present ? `${version} (present)` : String(version),
      from === null ? because : `${because} to ${from}`,
      by,
      showTime(created),
      changesText(changes),
    ]),
  );
}
