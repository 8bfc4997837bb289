import t from 'tap';
import {
  HEARTBEAT_RECORD_INTERVAL_MS,
  REFUSAL_RECORD_INTERVAL_MS,
  type NodeEvent,
  type RecordHeartbeat,
  type RegisterNode,
} from '#domain/nodes/node/index.js';
import { body, given, named, registered, started, T0, a1 } from './specification.js';

function beat(more: Partial<RecordHeartbeat> = {}): RecordHeartbeat {
  const resources = { cpu: 4000, memory: 8192, cpu_used: 10, memory_used: 20 };
  return {
    type: 'RecordHeartbeat',
    nodeId: 'n1',
    healthy: true,
    resources,
    at: T0 + 1000,
    reports: {},
    placed: new Map(),
    ...more,
  };
}

const down: NodeEvent = { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } };

void t.test('each registration begins a new epoch', async (t) => {
  const command = {
    type: 'RegisterNode',
    nodeId: 'n1',
    registration: body,
    protocol: 'basic',
    at: T0,
  } as const;
  given().when(command).then(t, registered(1));
  given(registered(1), registered(2)).when(command).then(t, registered(3));
  given()
    .when({ ...command, formerEpoch: 7, protocol: 'muster' })
    .then(t, registered(8, 'muster'));
});

void t.test('a registration brings a node up, and leaves drain and eligibility unchanged', async (t) => {
  const drained: NodeEvent = { type: 'NodeDrainStarted', data: { nodeId: 'n1' } };
  const past = [registered(1), drained, down, registered(2)];
  given(...past)
    .when(beat({ epoch: 2 }))
    .then(t);
  given(...past)
    .when({ type: 'SetDrain', nodeId: 'n1', enable: true })
    .then(t);
  given(...past)
    .when({ type: 'SetDrain', nodeId: 'n1', enable: false })
    .then(t, { type: 'NodeDrainEnded', data: { nodeId: 'n1' } });
});

void t.test('a heartbeat of an unknown node is refused', async (t) => {
  given().when(beat()).refused(t, 'MUSTER_E_NODE_UNKNOWN');
  given(registered(1))
    .when(beat({ epoch: 2 }))
    .refused(t, 'MUSTER_E_NODE_UNKNOWN');
});

void t.test(
  'a heartbeat of a past epoch is refused, and one without an epoch belongs to the current one',
  async (t) => {
    given(registered(1), registered(2))
      .when(beat({ epoch: 1 }))
      .refused(t, 'MUSTER_E_NODE_STALE_EPOCH');
    given(registered(1), registered(2)).when(beat()).then(t);
  },
);

void t.test(
  'a heartbeat without changes is recorded at most every 300 seconds, even if the usage changes',
  async (t) => {
    given(registered()).when(beat()).then(t);
    given(registered())
      .when(
        beat({ resources: { cpu: 4000, memory: 8192, cpu_used: 3999, memory_used: 8000 }, at: T0 + 299_999 }),
      )
      .then(t);
    const recorded: NodeEvent = {
      type: 'NodeHeartbeatReceived',
      data: { nodeId: 'n1', epoch: 1, healthy: true, resources: { cpu: 4000, memory: 8192 } },
    };
    given(registered())
      .when(beat({ at: T0 + HEARTBEAT_RECORD_INTERVAL_MS }))
      .then(t, recorded);
    given(registered())
      .when(beat({ at: T0 - HEARTBEAT_RECORD_INTERVAL_MS }))
      .then(t, recorded);
  },
);

void t.test('changed health is recorded at once', async (t) => {
  const expected: NodeEvent = {
    type: 'NodeHeartbeatReceived',
    data: { nodeId: 'n1', epoch: 1, healthy: false, resources: { cpu: 4000, memory: 8192 } },
  };
  given(registered())
    .when(beat({ healthy: false }))
    .then(t, expected);
  given(registered(), expected)
    .when(beat({ healthy: false }))
    .then(t);
});

void t.test(
  'observed resources that differ by more than a tenth are recorded, at most once a minute',
  async (t) => {
    const less = { cpu: 4000, memory: 4096 };
    given(registered())
      .when(beat({ resources: less, at: T0 + 59_999 }))
      .then(t);
    given(registered())
      .when(beat({ resources: { cpu: 3900, memory: 8000 }, at: T0 + 60_000 }))
      .then(t);
    given(registered())
      .when(beat({ resources: less, at: T0 + 60_000 }))
      .then(t, {
        type: 'NodeHeartbeatReceived',
        data: { nodeId: 'n1', epoch: 1, healthy: true, resources: less },
      });
  },
);

void t.test('a heartbeat of a node that was down brings it back', async (t) => {
  given(registered(), down)
    .when(beat())
    .then(t, { type: 'NodeCameBack', data: { nodeId: 'n1', epoch: 1 } });
});

void t.test('a silent node is marked down once, unless it has registered again', async (t) => {
  const command = { type: 'MarkDown', nodeId: 'n1', epoch: 1, reason: 'silent' } as const;
  given(registered()).when(command).then(t, down);
  given(registered(), down).when(command).then(t);
  given(registered(), registered(2)).when(command).then(t);
  given().when(command).then(t);
});

void t.test('an operator can declare a node down only if it is silent, and only once', async (t) => {
  const command = {
    type: 'DeclareDown',
    nodeId: 'n1',
    reason: 'no power',
    silentMs: 90_500,
    timeoutMs: 60_000,
  } as const;
  given(registered())
    .when(command)
    .then(t, {
      type: 'NodeWentDown',
      data: { nodeId: 'n1', epoch: 1, reason: 'silent for 90 s, and declared down: no power' },
    });
  given(registered(), down).when(command).then(t);
  given(registered(), down)
    .when({ ...command, silentMs: 0 })
    .then(t);
  given(registered())
    .when({ ...command, silentMs: 59_999 })
    .refused(t, 'MUSTER_E_NODE_HEARD');
  given().when(command).refused(t, 'MUSTER_E_NODE_NOT_FOUND');
});

void t.test(
  'an operator can remove only a node that is down, and one with allocations only by force',
  async (t) => {
    const command = { type: 'DecommissionNode', nodeId: 'n1', placed: 0, force: false } as const;
    const removed: NodeEvent = {
      type: 'NodeRemoved',
      data: { nodeId: 'n1', epoch: 1, reason: 'removed by an operator' },
    };
    given(registered(), down).when(command).then(t, removed);
    given(registered()).when(command).refused(t, 'MUSTER_E_NODE_UP');
    given(registered())
      .when({ ...command, force: true })
      .refused(t, 'MUSTER_E_NODE_UP');
    given(registered(), down)
      .when({ ...command, placed: 2 })
      .refused(t, 'MUSTER_E_NODE_IN_USE', 'node n1 has allocations that have not ended: 2');
    given(registered(), down)
      .when({ ...command, placed: 2, force: true })
      .then(t, removed);
    given(registered(), down, removed).when(command).refused(t, 'MUSTER_E_NODE_NOT_FOUND');
    given().when(command).refused(t, 'MUSTER_E_NODE_NOT_FOUND');
  },
);

void t.test('only changes of drain and eligibility are recorded, and only for a known node', async (t) => {
  given(registered())
    .when({ type: 'SetDrain', nodeId: 'n1', enable: true })
    .then(t, { type: 'NodeDrainStarted', data: { nodeId: 'n1' } });
  given(registered()).when({ type: 'SetDrain', nodeId: 'n1', enable: false }).then(t);
  const waiting: NodeEvent = { type: 'NodeDrainStarted', data: { nodeId: 'n1', deadlineSeconds: 60 } };
  const asked = { type: 'SetDrain', nodeId: 'n1', enable: true } as const;
  given(registered())
    .when({ ...asked, deadlineSeconds: 60 })
    .then(t, waiting);
  given(registered(), waiting)
    .when({ ...asked, deadlineSeconds: 60 })
    .then(t);
  given(registered(), waiting)
    .when({ ...asked, deadlineSeconds: 0 })
    .then(t, { type: 'NodeDrainStarted', data: { nodeId: 'n1' } });
  given(registered()).when({ type: 'SetEligibility', nodeId: 'n1', eligible: true }).then(t);
  given(registered())
    .when({ type: 'SetEligibility', nodeId: 'n1', eligible: false })
    .then(t, { type: 'NodeEligibilitySet', data: { nodeId: 'n1', eligible: false } });
  const make = { type: 'SetEligibility', nodeId: 'n1', eligible: true } as const;
  const huge = {
    ...registered(),
    data: { ...registered().data, resources: { cpu: 9_000_000 } },
  } as NodeEvent;
  const confirmed: NodeEvent = { type: 'NodeEligibilitySet', data: { nodeId: 'n1', eligible: true } };
  given(huge).when(make).then(t, confirmed);
  given(huge, confirmed).when(make).then(t);
  given(registered(), confirmed, { ...huge, data: { ...huge.data, epoch: 2 } } as NodeEvent)
    .when(make)
    .then(t, confirmed);
  given().when({ type: 'SetDrain', nodeId: 'n1', enable: true }).refused(t, 'MUSTER_E_NODE_NOT_FOUND');
  given()
    .when({ type: 'SetEligibility', nodeId: 'n1', eligible: true })
    .refused(t, 'MUSTER_E_NODE_NOT_FOUND');
});

void t.test(
  'settings of an operator are recorded if they change something, and survive a new registration',
  async (t) => {
    const command = {
      type: 'ConfigureNode',
      nodeId: 'n1',
      eligible: false,
      slots: 3,
      tags: ['gpu'],
    } as const;
    const said: NodeEvent[] = [
      { type: 'NodeEligibilitySet', data: { nodeId: 'n1', eligible: false } },
      { type: 'NodeSlotsSet', data: { nodeId: 'n1', slots: 3 } },
      { type: 'NodeTagsSet', data: { nodeId: 'n1', tags: ['gpu'] } },
    ];
    given().when(command).refused(t, 'MUSTER_E_NODE_NOT_FOUND');
    given(registered())
      .when(command)
      .then(t, ...said);
    given(registered(), ...said, registered(2))
      .when(command)
      .then(t);
    given(registered(), ...said)
      .when({ ...command, slots: 4 })
      .then(t, { type: 'NodeSlotsSet', data: { nodeId: 'n1', slots: 4 } });
    given(registered()).when({ type: 'ConfigureNode', nodeId: 'n1', eligible: true, tags: [] }).then(t);
    const crowded = { type: 'RemoveNode', nodeId: 'n1', epoch: 1, reason: 'crowded' } as const;
    given(registered(), { type: 'NodeTagsSet', data: { nodeId: 'n1', tags: ['gpu'] } })
      .when(crowded)
      .then(t);
  },
);

void t.test('an allocation is accepted only once, and not in a past epoch', async (t) => {
  const command = { type: 'AcceptAllocation', nodeId: 'n1', allocation: a1, at: T0, epoch: 1 } as const;
  given(registered()).when(command).then(t, { type: 'AllocationAccepted', data: named });
  given(registered(), { type: 'AllocationAccepted', data: named }).when(command).then(t);
  given(registered(), started()).when(command).then(t);
  given(registered(), registered(2)).when(command).refused(t, 'MUSTER_E_NODE_STALE_EPOCH');
});

void t.test("a refused order fails the allocation with the agent's message", async (t) => {
  const command = {
    type: 'RejectAllocation',
    nodeId: 'n1',
    allocation: a1,
    at: T0,
    message: 'no such image',
  } as const;
  const failed: NodeEvent = {
    type: 'AllocationFailed',
    data: { ...named, startTime: null, endTime: T0 / 1000, message: 'no such image' },
  };
  given(registered()).when(command).then(t, failed);
  given(registered(), failed).when(command).then(t);
  given(registered(), started()).when(command).then(t);
});

void t.test('an allocation stays ended after a confirmed stop or a loss', async (t) => {
  const confirm = { type: 'ConfirmStopped', nodeId: 'n1', allocation: a1, at: T0 } as const;
  const stopped: NodeEvent = {
    type: 'AllocationStopped',
    data: { ...named, startTime: 100, endTime: T0 / 1000, message: null },
  };
  given(registered(), started()).when(confirm).then(t, stopped);
  given(registered(), started(), stopped).when(confirm).then(t);
  const lose = { type: 'ReportLost', nodeId: 'n1', allocation: a1, at: T0, reason: 'gone' } as const;
  given(registered(), started())
    .when(lose)
    .then(t, { type: 'AllocationLost', data: { ...named, reason: 'gone' } });
  given(registered(), started(), stopped).when(lose).then(t);
  given(registered(), started(), stopped)
    .when({ type: 'AcceptAllocation', nodeId: 'n1', allocation: a1, at: T0 })
    .then(t);
});

void t.test('the end of an orphan is recorded once, even if its node is not registered', async (t) => {
  const command = {
    type: 'CloseOrphan',
    nodeId: 'n1',
    allocation: a1,
    at: T0,
    outcome: { kind: 'stopped' },
  } as const;
  const stopped: NodeEvent = {
    type: 'AllocationStopped',
    data: { ...named, startTime: null, endTime: T0 / 1000, message: null },
  };
  given().when(command).then(t, stopped);
  given(stopped).when(command).then(t);
  given(stopped).when(beat()).refused(t, 'MUSTER_E_NODE_UNKNOWN');
  given()
    .when({ ...command, outcome: { kind: 'lost', reason: 'gave up' } })
    .then(t, { type: 'AllocationLost', data: { ...named, reason: 'gave up' } });
});

const removal = { type: 'RemoveNode', nodeId: 'n1', epoch: 1, reason: 'crowded' } as const;
const removed: NodeEvent = { type: 'NodeRemoved', data: { nodeId: 'n1', epoch: 1, reason: 'crowded' } };

void t.test(
  'a node is removed, up or down, if it never ran anything and no operator has configured it',
  async (t) => {
    given(registered(1)).when(removal).then(t, removed);
    given(registered(1), down).when(removal).then(t, removed);
    given().when(removal).then(t);
    given(registered(1), registered(2)).when(removal).then(t);
    given(registered(1), removed).when(removal).then(t);
    given(registered(1), started()).when(removal).then(t);
    given(registered(1), started(), {
      type: 'AllocationStopped',
      data: { ...named, startTime: 100, endTime: 101, message: null },
    })
      .when(removal)
      .then(t);
    given(registered(1), { type: 'NodeDrainStarted', data: { nodeId: 'n1' } })
      .when(removal)
      .then(t);
    given(registered(1), { type: 'NodeEligibilitySet', data: { nodeId: 'n1', eligible: false } })
      .when(removal)
      .then(t);
  },
);

void t.test('a removed node is unknown, and registers again with a new epoch', async (t) => {
  given(registered(1), removed).when(beat()).refused(t, 'MUSTER_E_NODE_UNKNOWN');
  given(registered(1), registered(2), {
    type: 'NodeRemoved',
    data: { nodeId: 'n1', epoch: 2, reason: 'crowded' },
  })
    .when({
      type: 'RegisterNode',
      nodeId: 'n1',
      registration: body,
      protocol: 'basic',
      at: T0,
      address: 'a'.repeat(22),
    })
    .then(t, {
      type: 'NodeRegistered',
      data: {
        ...(registered(3) as Extract<NodeEvent, { type: 'NodeRegistered' }>).data,
        address: 'a'.repeat(22),
      },
    });
});

void t.test('an agent that is not the successor of the one that holds the node id is refused', async (t) => {
  const held = (instance: string, epoch = 1): NodeEvent => {
    const event = registered(epoch, 'muster') as Extract<NodeEvent, { type: 'NodeRegistered' }>;
    return { ...event, data: { ...event.data, instance } };
  };
  const register = (instance: string, earlier: readonly string[], at = T0): RegisterNode => ({
    type: 'RegisterNode',
    nodeId: 'n1',
    registration: {
      ...body,
      endpoint: 'http://10.0.0.2:9000',
      instance,
      earlier_instances: [...earlier],
    },
    protocol: 'muster',
    at,
  });
  const accepted = (instance: string, epoch: number): NodeEvent => {
    const event = held(instance, epoch) as Extract<NodeEvent, { type: 'NodeRegistered' }>;
    return { ...event, data: { ...event.data, endpoint: 'http://10.0.0.2:9000' } };
  };
  const refused: NodeEvent = {
    type: 'NodeRegistrationRefused',
    data: { nodeId: 'n1', epoch: 1, address: 'http://10.0.0.2:9000', holder: 'http://10.0.0.1:9000' },
  };
  given(held('a2'))
    .when(register('b1', ['a1']))
    .then(t, refused);
  given(held('a2'), refused)
    .when(register('b1', ['a1']))
    .then(t);
  given(held('a2'), refused)
    .when(register('b1', ['a1'], T0 + REFUSAL_RECORD_INTERVAL_MS))
    .then(t, refused);
  given(held('a2'))
    .when(register('a3', ['a1', 'a2']))
    .then(t, accepted('a3', 2));
  given(held('a2'))
    .when(register('a2', ['a1']))
    .then(t, accepted('a2', 2));
  given(held('a2'), down)
    .when(register('b1', ['a1']))
    .then(t, accepted('b1', 2));
  given(held('a2')).when(register('b1', [])).then(t, accepted('b1', 2));
  given(registered())
    .when(register('b1', ['a1']))
    .then(t, accepted('b1', 2));
  given(held('a9'))
    .when(register('a9b', ['a9', 'a10']))
    .then(t, accepted('a9b', 2));
});
