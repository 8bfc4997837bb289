import stringWidth from 'string-width';
import t from 'tap';
import { allocationList, allocationPage } from '#src/cli/jobs/alloc-view.js';
import { listLines } from '#src/cli/shared/list.js';
import { WHOLE } from '#src/cli/shared/table.js';
import { allocation, ALLOCATION_STATUSES, job, task, TASK_STATUSES } from '../views/samples.js';

const LOOK = { ...WHOLE, width: 80, now: 1_763_625_720_000 };

void t.test('fits 50 allocations of all statuses with long and wide names into 80 columns', async (t) => {
  const items = Array.from({ length: 50 }, (_, index) => ({
    job: job({ job_id: `a-job-with-a-long-name-${index}` }),
    allocation: allocation({
      allocation_id: `6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2${String(index).padStart(3, '0')}`,
      status: ALLOCATION_STATUSES[index % ALLOCATION_STATUSES.length]!,
    }),
  }));
  const lines = listLines(
    allocationList(() => '資料庫伺服器'),
    items,
    LOOK,
  );
  t.equal(lines.length, 51);
  for (const line of lines) t.ok(stringWidth(line) <= 80, line);
  for (const status of ALLOCATION_STATUSES)
    t.ok(
      lines.some((line) => line.includes(` ${status}`)),
      status,
    );
});

void t.test('shows every status of a task, its exit code, use and messages', async (t) => {
  const tasks = Object.fromEntries(
    TASK_STATUSES.map((status) => [
      status,
      task({
        status,
        exit_code: status === 'failed' ? 3 : null,
        message: status === 'failed' ? 'exited\u001b[2J with code 3' : null,
        usage: { cpu_average: 12.6, memory_average_mb: 7 },
      }),
    ]),
  );
  const page = allocationPage({ job: job(), allocation: allocation({ tasks }) }, 'vm-3').join('\n');
  for (const status of TASK_STATUSES) t.match(page, new RegExp(`^${status} +${status} `, 'm'));
  t.match(page, /^failed +failed +- +3 +13\/100 +7\/32 +- +true$/m);
  t.match(page, 'failed: exited\\x1b[2J with code 3');
  t.match(page, /^Node +vm-3 \(node-1\)$/m);
});
