import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { hosts, type HostDocument } from '#projections/nodes/hosts.js';
import { registered } from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const ADDRESS = 'a'.repeat(22);
const enrolled: MusterEvent = {
  type: 'NodeEnrolled',
  data: { nodeId: 'n', hostname: 'ann.example', address: ADDRESS },
};
const removed: MusterEvent = { type: 'NodeRemoved', data: { nodeId: 'n', epoch: 1, reason: 'crowded' } };

function after(...events: MusterEvent[]) {
  const host = documentAfter<HostDocument>(hosts, recorded(events), 'n');
  return { hostname: host?.hostname, waiting: host && hosts.indexes?.['waiting']?.(host) };
}

void t.test('shows a host as waiting from the enrolment of its name until its node registers', async (t) => {
  t.same(after(enrolled), { hostname: 'ann.example', waiting: ADDRESS });
  t.same(after(enrolled, registered('n')), { hostname: 'ann.example', waiting: undefined });
  t.same(after(enrolled, registered('n'), removed), { hostname: 'ann.example', waiting: ADDRESS });
  t.same(after(enrolled, { type: 'NodeForgotten', data: { nodeId: 'n' } }), {
    hostname: undefined,
    waiting: undefined,
  });
  t.same(after(registered('n'), removed), { hostname: undefined, waiting: undefined });
  t.same(after({ type: 'NodeEnrolled', data: { nodeId: 'n', hostname: 'ann.example' } }), {
    hostname: 'ann.example',
    waiting: undefined,
  });
});
