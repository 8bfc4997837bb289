import t from 'tap';
import { allocationTable, jobPage, jobTable } from '#src/cli/jobs/job-view.js';
import {
  allocation,
  ALLOCATION_STATUSES,
  job,
  JOB_STATUSES,
  REASONS,
  task,
  TASK_STATUSES,
} from '../views/samples.js';

await t.test('shows every status of a job in the table and on its page', async (t) => {
  for (const status of JOB_STATUSES) {
    const blocked =
      status === 'blocked' ? { blocked: { evaluation_id: 'e', since: 1_763_625_600, reasons: REASONS } } : {};
    const shown = job({ status, ...blocked, allocations: status === 'blocked' ? [] : [allocation()] });
    t.match(jobTable([shown])[1], new RegExp(`^hello +${status} `), status);
    t.match(jobPage(shown)[1], `Status  ${status}`);
  }
});

await t.test('shows when an archived job ended, and how many allocations its page omits', async (t) => {
  const archived = { at: 1_763_625_600, ended_at: 1_763_539_200, allocations_left_out: 0 };
  const page = jobPage(job({ status: 'complete', archived })).join('\n');
  t.match(
    page,
    /^Ended +2025-11-19T08:00:00Z\nArchived +2025-11-20T08:00:00Z; submit the id again to start a new job$/m,
  );
  t.notMatch(page, 'Not shown');
  t.match(
    jobPage(job({ status: 'complete', archived: { ...archived, allocations_left_out: 7 } })).join('\n'),
    /^Not shown +7 older allocations/m,
  );
  t.notMatch(jobPage(job({ status: 'complete' })).join('\n'), 'Archived');
});

await t.test('shows since when and why instances have been unplaced', async (t) => {
  const page = jobPage(
    job({
      status: 'blocked',
      blocked: { evaluation_id: 'e', since: 1_763_625_600, reasons: REASONS },
      allocations: [],
    }),
  ).join('\n');
  t.match(page, 'Not placed since 2025-11-20T08:00:00Z:');
  t.match(
    page,
    'group web: 2 not placed; 3 nodes evaluated\n  1 node ruled out by driver docker\n  2 nodes lack cpu (short by at least 250)',
  );
  const [[group, reason] = ['web', undefined]] = Object.entries(REASONS);
  const lost = {
    [group]: { ...reason!, exhausted: { 'port 80': 1, 'lost allocations': 1 }, short: { 'port 80': 1 } },
  };
  const waiting = jobPage(
    job({
      status: 'blocked',
      blocked: { evaluation_id: 'e', since: 1_763_625_600, reasons: lost },
      allocations: [],
    }),
  ).join('\n');
  t.match(
    waiting,
    '  1 node lacks port 80 (short by at least 1)\n  1 node must first report the end of lost allocations',
  );
});

await t.test('shows every status of an allocation and of its task in the table', async (t) => {
  const every = ALLOCATION_STATUSES.flatMap((status) => TASK_STATUSES.map((each) => ({ status, each })));
  const lines = allocationTable(
    job({
      allocations: every.map(({ status, each }) =>
        allocation({
          status,
          tasks: { serve: task({ status: each, exit_code: each === 'failed' ? 137 : null }) },
        }),
      ),
    }),
  );
  t.equal(lines.length, every.length + 1);
  for (const [index, { status, each }] of every.entries())
    t.match(lines[index + 1], new RegExp(` ${status} .* serve:${each}`), `${status} ${each}`);
});

await t.test('shows that a running task is unhealthy or not yet healthy', async (t) => {
  const words = (healthy: boolean | null): string =>
    allocationTable(job({ allocations: [allocation({ tasks: { serve: task({ healthy }) } })] }))[1] ?? '';
  t.match(words(null), / serve:running,not yet healthy$/);
  t.match(words(false), / serve:running,unhealthy$/);
  t.match(words(true), / serve:running$/);
});

await t.test('shows which node port leads to each port of a task', async (t) => {
  const ports = [
    { container: 80, host: 20_017 },
    { container: 443, host: 20_018 },
  ];
  t.match(
    allocationTable(job({ allocations: [allocation({ tasks: { serve: task({ ports }) } })] }))[1],
    / serve:running,20017→80,20018→443$/,
  );
});

await t.test('shows dashes for an allocation that no agent has reported yet', async (t) => {
  t.match(
    allocationTable(
      job({ allocations: [allocation({ status: 'pending', start_time: null, tasks: {} })] }),
    )[1],
    / pending +- +-$/,
  );
});

await t.test('prints only the headings for a job without allocations', async (t) => {
  t.equal(jobPage(job({ status: 'pending', allocations: [] })).length, 5);
});

await t.test('shows why tasks failed, newest first', async (t) => {
  const page = jobPage(
    job({
      status: 'failed',
      allocations: [
        allocation({
          status: 'failed',
          tasks: {
            serve: task({
              status: 'failed',
              exit_code: 137,
              message: 'out of memory (exited with code 137 (SIGKILL))',
            }),
          },
        }),
        allocation({
          status: 'failed',
          allocation_id: 'bbbbbbbb-1',
          tasks: {
            serve: task({ status: 'failed', message: 'image pull failed: no such image \u001b[31m' }),
          },
        }),
        allocation({ status: 'lost', allocation_id: 'cccccccc-1', message: 'the node is down' }),
      ],
    }),
  ).join('\n');
  t.match(
    page,
    [
      'Failed:',
      '  allocation cccccccc of web on node node-1 was lost with its node: the node is down',
      '  task serve, allocation bbbbbbbb of web on node node-1: image pull failed: no such image \\x1b[31m',
      '  task serve, allocation 6a1f5c39 of web on node node-1: out of memory (exited with code 137 (SIGKILL))',
    ].join('\n'),
  );
});

await t.test(
  'shows the exit code of a failure without a message, or that no reason was reported',
  async (t) => {
    const page = (over: Parameters<typeof task>[0]): string =>
      jobPage(
        job({
          allocations: [
            allocation({ status: 'failed', tasks: { serve: task({ status: 'failed', ...over }) } }),
          ],
        }),
      ).join('\n');
    t.match(page({ exit_code: 3 }), ': exit code 3');
    t.match(page({}), ': no reason reported');
    t.match(
      jobPage(
        job({ allocations: [allocation({ status: 'failed', message: 'it was refused', tasks: {} })] }),
      ).join('\n'),
      'node-1: it was refused',
    );
  },
);

await t.test('shows five of many failures and counts the rest', async (t) => {
  const failed = allocation({ status: 'failed', tasks: { serve: task({ status: 'failed', exit_code: 1 }) } });
  t.match(jobPage(job({ allocations: Array.from({ length: 9 }, () => failed) })).at(-1), '… and 4 more');
});
