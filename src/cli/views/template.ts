import type { Cluster } from '../client.js';
import { showTime, tableLines } from '../output.js';

export function templateTable(templates: readonly Cluster['TemplateSummary'][]): string[] {
  return tableLines(
    ['TEMPLATE', 'NAME', 'DESCRIPTION', 'UPDATED'],
    templates.map((template) => [template.template_id, template.name, template.description ?? '-', showTime(template.updated_at)]),
  );
}
