import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { place, placed, registered } from '../../../projections/events.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

interface Listed {
  readonly data: readonly { readonly id: string; readonly current_tasks: number }[];
}

function placedHolding(id: string, nodeId: string, resources: Readonly<Record<string, number>>): MusterEvent {
  const event = placed(place(id, `j-${id}`, 0, 'web', nodeId));
  return event.type === 'AllocationPlaced' ? { ...event, data: { ...event.data, resources } } : event;
}

void t.test('lists ten times as many workers with the same number of reads', async (t) => {
  const api = await openTestApi(t);
  const context = commandContext();
  await api.identity.registrations.register(
    { username: 'ann', password: 'password123', role: 'user', tenantId: 't1' },
    context,
  );
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
  ).json() as { token: string };
  const list = api.models.list.bind(api.models);
  let asked = 0;
  api.models.list = (...given) => {
    asked += 1;
    return list(...given);
  };
  const workers = async (): Promise<{ readonly times: number; readonly data: Listed['data'] }> => {
    const before = asked;
    const said = await api.say('GET', '/api/workers', undefined, { authorization: `Bearer ${token}` });
    return { times: asked - before, data: (said.json() as Listed).data };
  };
  const join = async (from: number, to: number): Promise<void> => {
    for (let number = from; number < to; number += 1) {
      const resources = { cpu: 100, memory: 64, slots: 2 };
      const events = Array.from({ length: number % 3 }, (_, index) =>
        placedHolding(`a${number}-${index}`, `n${number}`, resources),
      );
      await api.happened(registered(`n${number}`), ...events);
    }
  };
  await join(0, 9);
  const few = await workers();
  await join(9, 90);
  const many = await workers();
  t.equal(many.times, few.times, 'both lists take the same number of reads');
  t.same(
    many.data.map(({ id, current_tasks: current }) => ({ id, current })),
    Array.from({ length: 90 }, (_, number) => ({ id: `n${number}`, current: 2 * (number % 3) })),
  );
});
