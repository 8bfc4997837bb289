import t from 'tap';
import { logQuery } from '#agents/api/log-query.js';
import { logRequest } from '#domain/protocol/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { openTaskLog } from '#src/features/task-logs/task-log.js';
import { noAgents } from '../../http/support/test-api.js';

void t.test('requests logs only since times that agents accept', async (t) => {
  for (const moment of [
    '9999-12-31T23:59:59-23:59',
    '9999-12-31T23:59:59.999Z',
    '0000-01-01T00:00:00+23:59',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00.001Z',
    '2026-11-20T02:00:00.123Z',
  ]) {
    const asked: number[] = [];
    const agentChannel: typeof noAgents = {
      ...noAgents,
      logs: async (_agent, id, { since, follow }) => {
        asked.push(since ?? -1);
        t.ok(logQuery.safeParse({ type: 'stdout', since: String(since) }).success, `${moment} ${since}`);
        t.ok(
          logRequest.safeParse({ query: 'logs', allocation_id: id, follow, since }).success,
          `${moment} ${since}`,
        );
        return { kind: 'absent' };
      },
    };
    const readModels = {
      get: async () => ({ json: JSON.stringify({ epoch: 1, endpoint: 'http://127.0.0.1:1' }) }),
    } as unknown as ReadModels;
    const log = {
      nodeId: 'n1',
      allocationId: 'a1',
      task: 'main',
      stream: 'stdout' as const,
      follow: false,
      tail: undefined,
    };
    const since = Date.parse(moment) / 1000;
    await t.rejects(
      openTaskLog(
        { readModels, agentChannel },
        { ...log, since, absent: 'MUSTER_E_ALLOCATION_NOT_FOUND' },
        () => new AbortController().signal,
      ),
    );
    t.equal(asked.length, 1);
    if (moment.startsWith('2026')) t.same(asked, [since]);
  }
});
