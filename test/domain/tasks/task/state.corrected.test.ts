import t from 'tap';
import { plainTask as task } from '../../../fixtures/plain-task.js';
import { created, fold, MADE, of, settle, given, triggered } from './specification.js';

const corrected = task({ retryCount: 3, work: { executor: 'shell', command: 'corrected' } });
const updated = { type: 'TaskUpdated', data: { ...of, definition: corrected, keptFrom: 1 } } as const;
const retried = (dueAt: number) =>
  ({
    type: 'TaskRunRetried',
    data: { taskId: 7, run: 1, attempt: 2, after: 'failed', dueAt },
  }) as const;

/** Returns the definition that the run would use, if the task is corrected one event after its retry was decided. */
function usedBy(dueAt: number): unknown {
  const state = fold([created({ retryCount: 1 }), triggered(1, 2), retried(dueAt), updated], MADE);
  return state.kind === 'present' ? state.runs.get(1)?.definition : undefined;
}

void t.test('a corrected task reaches a run that waits for its next attempt', async (t) => {
  t.strictSame(usedBy(MADE + 1000), corrected);
});

void t.test('an attempt that may have begun keeps the definition with which it began', async (t) => {
  t.strictSame(usedBy(MADE), task({ retryCount: 1 }));
  const first = fold([created({ retryCount: 1 }), triggered(1, 2), updated], MADE);
  t.equal(first.kind, 'present');
  if (first.kind === 'present') t.strictSame(first.runs.get(1)?.definition, task({ retryCount: 1 }));
});

void t.test('the corrected number of retries holds for the attempts to come', async (t) => {
  given(created({ retryCount: 1 }), triggered(1, 2), retried(Number.MAX_SAFE_INTEGER), updated)
    .when(settle(1, 2, 'failed'))
    .thenTypes(t, 'TaskRunRetried');
});
