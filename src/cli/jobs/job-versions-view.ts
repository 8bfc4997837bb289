import type { Cluster } from '../shared/client.js';
import { showTime } from '../shared/output.js';
import { actorName } from '#domain/explain/actor.js';
import { tableLines, timeColumn, type Look } from '../shared/table.js';
import { changesText } from '../shared/changes-view.js';

export function jobVersionTable({ versions }: Cluster['JobVersionList'], look?: Look): string[] {
  return tableLines(
    ['VERSION', 'CAUSE', 'BY', timeColumn('CREATED'), 'CHANGES'],
    versions.map(
      ({
        version,
        present,
        because,
        from,
        created_by: by,
        created_by_name: name,
        created_at: created,
        changes,
      }) => [
        present ? `${version} (current)` : String(version),
        from === null ? because : `${because} to ${from}`,
        actorName(by, name),
        showTime(created),
        changesText(changes),
      ],
    ),
    look,
  );
}
