import t from 'tap';
import { serviceEventTable } from '#src/cli/services/service-events-view.js';

const AT = '2026-11-22T10:00:00Z';
const of = { deployment: 1, allocation_id: null } as const;

void t.test('shows each event with its actor, or a dash if it has none', async (t) => {
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
      text: 'Deployment 1 of version 1 was requested.',
      by: 'ann',
    },
  ] as const;
  t.same(serviceEventTable({ events: [...events], total: 12 }), [
    'NUMBER  TIME                  WHAT                                        BY',
    `12      ${AT}  Instance 1 of deployment 1 became healthy.  -`,
    `3       ${AT}  Deployment 1 of version 1 was requested.    ann`,
  ]);
  t.same(serviceEventTable({ events: [], total: 0 }).length, 1, 'an empty list has only the heading');
});
