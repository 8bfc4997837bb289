import t from 'tap';
import { serviceEventTable } from '#src/cli/services/service-events-view.js';

const AT = '2026-11-22T10:00:00Z';
const of = { deployment: 1, allocation_id: null } as const;

void t.test('What happened is a line each, with who asked where somebody did', async (t) => {
  const events = [
    {
      ...of,
      number: 12,
      at: AT,
      kind: 'healthy',
      text: 'Instance 1 of deployment 1 became healthy.',
      by: null,
    },
    {
      ...of,
      number: 3,
      at: AT,
      kind: 'deployment',
      text: 'Deployment 1 of version 1 was asked for.',
      by: 'ann',
    },
  ] as const;
  t.same(serviceEventTable({ events: [...events], total: 12 }), [
    'NUMBER  TIME                  WHAT                                        BY',
    `12      ${AT}  Instance 1 of deployment 1 became healthy.  -`,
    `3       ${AT}  Deployment 1 of version 1 was asked for.    ann`,
  ]);
  t.same(serviceEventTable({ events: [], total: 0 }).length, 1, 'none');
});
