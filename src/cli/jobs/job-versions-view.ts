import type { Cluster } from '../shared/client.js';
import { showTime, tableLines } from '../shared/output.js';
import { changesText } from '../shared/changes-view.js';

export function jobVersionTable({ versions }: Cluster['JobVersionList']): string[] {
  return tableLines(
    ['VERSION', 'CAUSE', 'BY', 'CREATED', 'CHANGES'],
    versions.map(({ version, present, because, from, created_by: by, created_at: created, changes }) => [
      present ? `${version} (current)` : String(version),
      from === null ? because : `${because} to ${from}`,
      by,
      showTime(created),
      changesText(changes),
    ]),
  );
}
