import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { call, order, startPair, statusOf } from './support/agent.js';
import { until } from './support/peer-server.js';

void t.test('an order runs as a process, and its end is reported', async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = order({ command: 'echo out; echo err >&2; exit 3' });
  const began = performance.now();
  t.same((await call('POST', `${agent.url}/allocations`, subject)).body, { message: 'Allocation accepted', allocation_id: subject.allocation_id });
  t.comment(`accepted in ${(performance.now() - began).toFixed(1)} ms`);
  const report = await peer.reported(subject.allocation_id, 'failed');
  t.match(report, { message: 'task main: exited with code 3', tasks: { main: { status: 'failed', exit_code: 3, error: null, message: 'exited with code 3' } } });
  const status = await statusOf(agent.url, subject.allocation_id);
  t.match(status, { allocation_id: subject.allocation_id, job_id: subject.job_id, task_group: 'group', status: 'failed' });
  t.ok((status.start_time ?? 0) > 1_700_000_000 && (status.end_time ?? 0) >= (status.start_time ?? 0), 'times are Unix seconds');
  t.equal((await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body, 'out\n');
  t.equal((await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?type=stderr`)).body, 'err\n');
});

void t.test('submitting to the first instruction of the task takes little', async (t) => {
  const { agent, dataDir } = await startPair(t);
  const delays: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const file = path.join(dataDir, `stamp-${round}`);
    const began = Date.now();
    await call('POST', `${agent.url}/allocations`, order({ command: `date +%s%N > ${file}.tmp; mv ${file}.tmp ${file}` }));
    await until(() => readFile(file).then(() => true, () => false));
    delays.push(Number(BigInt(await readFile(file, 'utf8')) / 1000n) / 1000 - began);
  }
  delays.sort((a, b) => a - b);
  t.comment(`milliseconds: ${delays.map((each) => each.toFixed(0)).join(' ')}`);
  t.ok((delays[10] ?? 1000) < 100, 'half of them within 100 ms, on a shared machine');
});
