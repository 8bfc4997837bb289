import t from 'tap';
import {
  AGENT_OPERATIONS,
  agentOrder,
  agentPath,
  agentQuery,
  answerNames,
  type AgentOperation,
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
