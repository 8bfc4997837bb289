import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { registered } from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const node = (...events: MusterEvent[]): NodeDocument | undefined =>
  documentAfter<NodeDocument>(nodes, recorded(events), 'n');

void t.test('shows when a node registers, goes down and comes back', async (t) => {
  t.match(node(registered('n')), {
    epoch: 1,
    healthy: true,
    down: false,
    draining: false,
    eligible: true,
    lastHeartbeat: 1000,
  });
  const down: MusterEvent = { type: 'NodeWentDown', data: { nodeId: 'n', epoch: 1, reason: 'silent' } };
  t.match(node(registered('n'), down), { down: true, lastHeartbeat: 1000 });
  t.match(node(registered('n'), down, { type: 'NodeCameBack', data: { nodeId: 'n', epoch: 1 } }), {
    down: false,
    lastHeartbeat: 3000,
  });
});

void t.test('ignores heartbeats of an older epoch', async (t) => {
  const zombie: MusterEvent = {
    type: 'NodeHeartbeatReceived',
    data: { nodeId: 'n', epoch: 1, healthy: false, resources: {} },
  };
  t.match(node(registered('n', 1), registered('n', 2), zombie), {
    epoch: 2,
    healthy: true,
    lastHeartbeat: 2000,
  });
});

void t.test('keeps drain and eligibility across a new registration', async (t) => {
  const drain: MusterEvent = { type: 'NodeDrainStarted', data: { nodeId: 'n' } };
  const ineligible: MusterEvent = { type: 'NodeEligibilitySet', data: { nodeId: 'n', eligible: false } };
  t.match(node(registered('n', 1), drain, ineligible, registered('n', 2)), {
    draining: true,
    eligible: false,
    epoch: 2,
  });
  t.match(node(registered('n', 1), drain, { type: 'NodeDrainEnded', data: { nodeId: 'n' } }), {
    draining: false,
  });
});

void t.test('hides a removed node until it registers again from scratch', async (t) => {
  const removed = (epoch: number): MusterEvent => ({
    type: 'NodeRemoved',
    data: { nodeId: 'n', epoch, reason: 'crowded' },
  });
  t.equal(node(registered('n'), removed(1)), undefined);
  t.match(node(registered('n', 1), removed(1), registered('n', 2)), { epoch: 2, draining: false });
  t.match(node(registered('n', 1), registered('n', 2), removed(1)), { epoch: 2 });
});

void t.test('lists each unknown status once, until the next registration', async (t) => {
  const unknown = (status: string, newOfNode?: true): MusterEvent => ({
    type: 'AllocationStatusUnknown',
    data: {
      allocationId: 'a',
      jobId: 'j',
      group: 'web',
      slot: 0,
      nodeId: 'n',
      status,
      ...(newOfNode && { newOfNode }),
    },
  });
  const said = [unknown('completed', true), unknown('completed'), unknown('exited', true)];
  t.same(node(registered('n'), ...said)?.unknownStatuses, ['completed', 'exited']);
  t.equal(node(registered('n', 1), ...said, registered('n', 2))?.unknownStatuses, undefined);
});

void t.test('shows a second agent that was refused, until the node registers again', async (t) => {
  const addresses = { address: 'http://10.0.0.2:9000', holder: 'http://10.0.0.1:9000' };
  const refused: MusterEvent = {
    type: 'NodeRegistrationRefused',
    data: { nodeId: 'n', epoch: 1, ...addresses },
  };
  t.match(node(registered('n'), refused), { refusedAgent: { ...addresses, at: 2000 }, lastHeartbeat: 1000 });
  t.equal(node(registered('n'), refused, registered('n', 2))?.refusedAgent, undefined);
});
