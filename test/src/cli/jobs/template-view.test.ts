import t from 'tap';
import { templateTable } from '#src/cli/jobs/template-view.js';

await t.test('shows a template in the table, with or without a description', async (t) => {
  const template = { template_id: 't-1', name: 'web', created_at: 1_763_625_600, updated_at: 1_763_625_600 };
  t.match(
    templateTable([{ ...template, description: 'A web server' }])[1],
    't-1       web   A web server  2025-11-20T08:00:00Z',
  );
  t.match(templateTable([{ ...template, description: null }])[1], /^t-1 +web +- +2025/);
});
