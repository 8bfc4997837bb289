import t from 'tap';
import { allocationRecord, hasEnded, PENDING_TASK } from '#agents/journal/record.js';
import { newRecord } from '#agents/runner/new-record.js';
import { order } from '../support/agent.js';

void t.test('treats only complete, failed and stopped allocations as ended', async (t) => {
  const statuses = ['pending', 'running', 'complete', 'failed', 'stopped'] as const;
  t.strictSame(
    statuses.map((status) => hasEnded({ status })),
    [false, false, true, true, true],
  );
  t.notOk(hasEnded(PENDING_TASK));
});

void t.test('reads back a record exactly as it was written', async (t) => {
  const least = newRecord(order({ command: 'true' }), null, 1000);
  const full = {
    ...newRecord(order({ command: 'true' }, { image: 'x' }), 3, 1000),
    status: 'running' as const,
    startTime: 1.5,
    stopping: 'stopped by the server',
    removed: true,
    tasks: {
      main: {
        ...PENDING_TASK,
        status: 'failed' as const,
        exitCode: 1,
        containerId: 'c',
        result: { any: 'thing' },
      },
    },
  };
  for (const record of [least, full])
    t.strictSame(allocationRecord.parse(JSON.parse(JSON.stringify(record))), record);
});

void t.test('rejects a record in another format', async (t) => {
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  for (const change of [
    { format: 2 },
    { status: 'lost' },
    { epoch: 1.5 },
    { epoch: undefined },
    { removed: undefined },
    { stopping: undefined },
    { tasks: { a: {} } },
  ]) {
    t.notOk(allocationRecord.safeParse({ ...record, ...change }).success, JSON.stringify(change));
  }
});
