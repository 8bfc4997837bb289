import t from 'tap';
import { refusedStart } from '#domain/protocol/index.js';
import { jobIdOf } from '#domain/tasks/task/identifier.js';
import { outcomeOf, type RunProgress } from '#domain/tasks/task/run-progress.js';
import { evaluationOf } from '#domain/work/index.js';

/** Returns the outcome of a run whose only attempt left this slot. */
const outcome = (slot: Readonly<Record<string, unknown>>) =>
  outcomeOf({
    taskId: 7,
    run: 1,
    attempt: 1,
    lost: 0,
    work: {
      job: 'running',
      asked: evaluationOf(jobIdOf(7, 1), { to: 'be', version: '1' }),
      finished: 'failed',
      groups: { run: { slots: [{ released: null, tasks: {}, ran: false, ...slot }] } },
    },
  } as unknown as RunProgress);

void t.test('an attempt that its node stopped counts as lost, or as refused if it never ran', (t) => {
  const stopped = { ended: 'stopped', released: 'lost' };
  t.equal(outcome({ ...stopped, ran: true }), 'lost');
  t.equal(outcome({ ...stopped, ended: 'failed', ran: true }), 'lost');
  t.equal(outcome(stopped), 'refused');
  t.equal(outcome({ ended: null, released: 'lost' }), 'lost', 'the node may have started it');
  t.end();
});

void t.test(
  'an attempt counts as refused only if its agent reports a refusal and the attempt never ran',
  (t) => {
    const message = refusedStart('n', 'why');
    t.equal(outcome({ ended: 'lost', message }), 'refused');
    t.equal(outcome({ ended: 'lost', message, ran: true }), 'lost');
    t.equal(outcome({ ended: 'lost', message: 'interrupted on node n: why' }), 'lost');
    t.equal(outcome({ ended: null, released: 'lost', message }), 'lost');
    t.equal(outcome({ ended: 'failed', message }), 'failed', 'a message of the task itself does not count');
    t.end();
  },
);
