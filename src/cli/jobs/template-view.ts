import type { Cluster } from '../shared/client.js';
import { showTime, tableLines } from '../shared/output.js';

export function templateTable(templates: readonly Cluster['TemplateSummary'][]): string[] {
  return tableLines(
    ['TEMPLATE', 'NAME', 'DESCRIPTION', 'UPDATED'],
    templates.map((template) => [
      template.template_id,
      template.name,
      template.description ?? '-',
      showTime(template.updated_at),
    ]),
  );
}
