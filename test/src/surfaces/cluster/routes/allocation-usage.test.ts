import t from 'tap';
import type { AgentChannel, HistoryOutcome } from '#domain/protocol/agent-channel.js';
import { place, placed, specified, started } from '../../../../projections/events.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { noAgents, openTestApi } from '../../../http/support/test-api.js';

const history = {
  allocation_id: 'a1',
  tasks: { main: [{ timestamp: 1_763_625_600, cpu: 12.5, memory_mb: 64 }] },
};
let outcome: HistoryOutcome = { kind: 'found', history };
const asked: unknown[] = [];

/** The test sets the agent's responses; the channel itself is tested in test/agents. */
const agentChannel: AgentChannel = {
  ...noAgents,
  usageHistory: async (_, id, last) => {
    asked.push([id, last]);
    return outcome;
  },
};
const { say, happened } = await openTestApi(t, { agentChannel });
const read = async (path: string) => await say('GET', `/jobs/one/allocations/${path}`);

await happened(
  {
    type: 'NodeRegistered',
    data: {
      nodeId: 'n1',
      epoch: 1,
      ipAddress: '127.0.0.1',
      healthy: true,
      endpoint: 'http://127.0.0.1:9000',
      resources: { cpu: 1000, memory: 1000 },
      attributes: {},
      protocol: 'muster',
    },
  } as MusterEvent,
  specified('JobSubmitted', 'one'),
  placed(place('a1', 'one')),
  started(place('a1', 'one')),
);

void t.test('returns what the agent measured', async (t) => {
  t.match(await read('a1/usage?last=1'), { status: 200 });
  t.same((await read('a1/usage')).json(), history);
  t.same(asked, [
    ['a1', 1],
    ['a1', undefined],
  ]);
  t.equal((await read('a1/usage?last=0')).status, 400);
  t.equal((await read('none/usage')).status, 404);
  t.equal((await say('GET', '/jobs/none/allocations/a1/usage')).status, 404);
});

void t.test('tells why there are no measurements', async (t) => {
  outcome = { kind: 'absent' };
  t.equal((await read('a1/usage')).status, 404);
  outcome = { kind: 'unknown', problem: 'connection refused' };
  t.match(await read('a1/usage'), {
    status: 502,
    body: /agent of node n1 did not respond.*connection refused/,
  });
});
