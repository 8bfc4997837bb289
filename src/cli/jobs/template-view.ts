import type { Cluster } from '../shared/client.js';
import { showTime } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, timeColumn, type Look } from '../shared/table.js';

export const TEMPLATE_LIST: ListView<Cluster['TemplateSummary']> = {
  headings: [idColumn('TEMPLATE'), 'NAME', 'DESCRIPTION', timeColumn('UPDATED')],
  row: (template) => [
    template.template_id,
    template.name,
    template.description ?? '-',
    showTime(template.updated_at),
  ],
  name: ({ name }) => name,
};

export function templateTable(templates: readonly Cluster['TemplateSummary'][], look?: Look): string[] {
  return listLines(TEMPLATE_LIST, templates, look);
}
