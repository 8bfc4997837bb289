import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { AgentAddress, AgentChannel } from '#domain/protocol/agent-channel.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { tracedAgentChannel } from '#src/fleet/traced-agent-channel.js';
import { ownFolder } from '../../fixtures/folder.js';
import type { WrittenSpan } from '../../fixtures/span-file.js';

const file = join(ownFolder(t), 'spans.ndjson');
process.env['MUSTER_TEST_SPANS'] = file;
await import('../../fixtures/span-file.js');

/** Returns the spans that ended since the last call, in order of their ends. */
function spans(): WrittenSpan[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as WrittenSpan);
}

void t.test(
  'adds a span for each agent call with its outcome, and passes on calls and results',
  async (t) => {
    const asked: unknown[] = [];
    const answer =
      (name: string) =>
      async (...given: unknown[]): Promise<{ kind: string }> => {
        asked.push([name, ...given]);
        return { kind: `${name} it was` };
      };
    const names = ['place', 'stop', 'status', 'usage', 'metrics', 'logs'] as const;
    const channel = {
      ...Object.fromEntries(names.map((name) => [name, answer(name)])),
      close: answer('close'),
    } as unknown as AgentChannel;
    const traced = tracedAgentChannel(channel);
    const agent: AgentAddress = { nodeId: 'n1', epoch: 3, endpoint: 'http://x' };
    const order = { allocation_id: 'a1' } as AllocationOrder;
    const [query, { signal }] = [{ task: 'main' } as never, new AbortController()];
    const outcomes: unknown[] = [
      await traced.place(agent, order),
      await traced.stop(agent, 'a1'),
      await traced.status(agent, 'a1'),
      await traced.usage(agent),
      await traced.metrics(agent),
      await traced.logs(agent, 'a1', query, signal),
    ];
    t.strictSame(
      outcomes,
      names.map((name) => ({ kind: `${name} it was` })),
    );
    t.strictSame(asked, [
      ['place', agent, order],
      ['stop', agent, 'a1', undefined],
      ['status', agent, 'a1'],
      ['usage', agent],
      ['metrics', agent],
      ['logs', agent, 'a1', query, signal],
    ]);
    const ofNode = { 'muster.node_id': 'n1', 'muster.epoch': 3 };
    const ofAllocation = { ...ofNode, 'muster.correlation_id': 'a1', 'muster.allocation_id': 'a1' };
    t.strictSame(
      spans().map(({ name, attributes }) => [name, attributes]),
      names.map((name) => [
        `agent ${name}`,
        {
          ...(name === 'usage' || name === 'metrics' ? ofNode : ofAllocation),
          'muster.outcome': `${name} it was`,
        },
      ]),
    );
    await traced.close();
    t.strictSame([asked.at(-1), spans()], [['close'], []]);
  },
);
