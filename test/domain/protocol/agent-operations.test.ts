import t from 'tap';
import {
  AGENT_OPERATIONS,
  agentMessage,
  agentOrder,
  agentPath,
  agentQuery,
  answerNames,
  NODE_CHANNELS,
  requestedBy,
  type AgentOperation,
  type NatsOperationName,
} from '#domain/protocol/index.js';

const OPERATIONS = Object.values<AgentOperation>(AGENT_OPERATIONS);

void t.test('the path of an operation has its parameters filled in and encoded', async (t) => {
  t.equal(agentPath('usage'), '/usage');
  t.equal(agentPath('readLog', { allocation_id: 'a/../b' }), '/allocations/a%2F..%2Fb/logs');
  t.throws(() => agentPath('removeVolume'), /needs name/);
});

void t.test('no two operations share a route or an id', async (t) => {
  const routes = OPERATIONS.flatMap(({ http }) =>
    http === undefined ? [] : [`${http.method} ${http.path}`],
  );
  t.equal(new Set(routes).size, routes.length);
  const documented = OPERATIONS.flatMap(({ http }) => http?.document?.operationId ?? []);
  t.equal(new Set(documented).size, documented.length);
});

void t.test('orders and queries have separate schemas, and unknown queries are refused', async (t) => {
  const stop = { order: 'stop', allocation_id: 'a1' };
  t.same(agentOrder.parse(stop), stop);
  t.notOk(agentQuery.safeParse(stop).success);
  t.same(agentQuery.parse({ query: 'usage.history', allocation_id: 'a1', last: '3' }), {
    query: 'usage.history',
    allocation_id: 'a1',
    last: 3,
  });
  t.notOk(agentQuery.safeParse({ query: 'unheard-of' }).success);
  t.same(answerNames('orders'), ['OrderAnswer']);
});

void t.test('each message requests the operation that it was made for, and no other', async (t) => {
  const names = Object.entries<AgentOperation>(AGENT_OPERATIONS).flatMap(([name, { nats }]) =>
    nats === undefined ? [] : [name as NatsOperationName],
  );
  for (const name of names) t.equal(requestedBy(agentMessage(name, {} as never) as never), name);
  t.same(agentMessage('stop', { allocation_id: 'a1' }), { order: 'stop', allocation_id: 'a1' });
});

void t.test('every channel of a node has an operation with an answer', async (t) => {
  const channels = Object.keys(NODE_CHANNELS) as (keyof typeof NODE_CHANNELS)[];
  t.same(
    channels.filter((channel) => answerNames(channel).length === 0),
    [],
  );
  t.same(answerNames('desired'), ['DesiredPage']);
});
