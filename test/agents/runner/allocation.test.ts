import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { newRecord } from '#agents/runner/new-record.js';
import type { AllocationRecord } from '#agents/journal/record.js';
import { overdueMessage } from '#domain/protocol/index.js';
import { order } from '../support/agent.js';
import { handOrder } from '../support/hand-driver.js';
import { until } from '../support/peer-server.js';
import { openRunner } from '../support/runner.js';

void t.test('reports the start and the end of a process', async (t) => {
  const { allocations, reported, report, dataDir } = await openRunner(t);
  const go = path.join(dataDir, 'go');
  const given = { ...order({ command: `while [ ! -e ${go} ]; do sleep 0.02; done; exit 3` }), placed_at: 7 };
  const id = given.allocation_id;
  await allocations.accept(given, 1);
  t.match(report(id), {
    status: 'pending',
    start_time: null,
    end_time: null,
    message: null,
    placed_at: 7,
    tasks: { main: { status: 'pending' } },
  });
  const running = await reported(id, 'running');
  t.type(running.start_time, 'number');
  t.match(running.tasks['main'], {
    status: 'running',
    start_time: running.start_time,
    end_time: null,
    exit_code: null,
    message: null,
  });
  t.type(running.tasks['main']?.prepared_time, 'number');
  t.equal(allocations.running(), 1);
  writeFileSync(go, '');
  const ended = await reported(id, 'failed');
  t.match(ended, { start_time: running.start_time, message: 'task main: exited with code 3' });
  t.match(ended.tasks['main'], {
    status: 'failed',
    exit_code: 3,
    message: 'exited with code 3',
    error: null,
  });
  t.ok((ended.end_time ?? 0) >= (ended.start_time ?? Infinity), JSON.stringify(ended));
  await allocations.get(id)?.released();
  t.equal(allocations.running(), 0);
});

void t.test(
  'reports a missing program as failed with the reason, and one that exits with 0 as complete',
  async (t) => {
    const { allocations, reported } = await openRunner(t);
    const [missing, good] = [order({ command: 'no-such-program-here' }), order({ command: 'true' })];
    await allocations.accept(missing, 1);
    await allocations.accept(good, 1);
    t.match((await reported(missing.allocation_id, 'failed')).tasks['main'], {
      exit_code: 127,
      message: /was not found/,
    });
    t.match(await reported(good.allocation_id, 'complete'), {
      message: null,
      tasks: { main: { exit_code: 0, message: 'exited with code 0' } },
    });
  },
);

void t.test('includes the container and the image in the report', async (t) => {
  const { allocations, reported, clock } = await openRunner(t);
  const given = handOrder(2);
  await allocations.accept(given, 1);
  const start_time = clock.now() / 1000;
  t.match(await reported(given.allocation_id, 'running'), {
    start_time,
    tasks: {
      main: {
        status: 'running',
        start_time,
        container_id: 'container-of-main',
        image_digest: 'image-of-main',
      },
      side1: {
        status: 'running',
        start_time,
        container_id: 'container-of-side1',
        image_digest: 'image-of-side1',
      },
    },
  });
});

void t.test('stops a task whose start waits for its turn', async (t) => {
  const { allocations, reported, hand } = await openRunner(t);
  hand.waits = true;
  const given = handOrder(1);
  const id = given.allocation_id;
  await allocations.accept(given, 1);
  await until(() => allocations.get(id)?.record.tasks['main']?.preparedTime !== undefined);
  void allocations.remove(id);
  t.match(await reported(id, 'stopped'), { tasks: { main: { start_time: null } } });
  t.equal(hand.task(id), undefined, 'it was not started');
});

void t.test('stops a process at its time limit, and not before', async (t) => {
  const { allocations, reported, report, clock } = await openRunner(t);
  const given = order({ command: 'sleep 1000', max_run_seconds: 60 });
  await allocations.accept(given, 1);
  await reported(given.allocation_id, 'running');
  await clock.advance(59_000);
  t.equal(report(given.allocation_id)?.tasks['main']?.status, 'running');
  // The task starts up to a second after the test's clock was created.
  await clock.advance(60_000);
  const ended = await reported(given.allocation_id, 'failed');
  t.equal(ended.message, `task main: ${overdueMessage(60)}`);
  t.match(ended.tasks['main'], {
    status: 'failed',
    message: overdueMessage(60),
    error: overdueMessage(60),
    exit_code: 143,
  });
});

void t.test(
  "counts a task's time limit from its start, and does not stop a task without a limit",
  async (t) => {
    const { allocations, reported, hand, clock } = await openRunner(t);
    const limited = handOrder(1);
    Object.assign(limited.task_group.tasks[0]!, { max_run_seconds: 10 });
    const free = handOrder(1);
    for (const each of [limited, free]) await allocations.accept(each, 1);
    for (const each of [limited, free]) await reported(each.allocation_id, 'running');
    await clock.advance(9_999);
    t.equal(hand.task(limited.allocation_id)?.stops, 0);
    await clock.advance(1);
    t.equal(hand.task(limited.allocation_id)?.stops, 1);
    await clock.advance(1e9);
    t.equal(hand.task(free.allocation_id)?.stops, 0);
  },
);

void t.test(
  'reports a failure in preference to a stop, and a stop in preference to an interruption',
  async (t) => {
    const { allocations, reported, hand, nodeId } = await openRunner(t);
    const begin = async () => {
      const given = handOrder(2);
      const id = given.allocation_id;
      await allocations.accept(given, 1);
      await reported(id, 'running');
      await until(() => hand.task(id, 'side1') !== undefined);
      const [main, side] = [hand.task(id)!, hand.task(id, 'side1')!];
      const removed = async (): Promise<void> => {
        void allocations.remove(id);
        await until(() => allocations.get(id)?.record.stopping !== null);
      };
      return { id, main, side, removed };
    };
    const interruption = `interrupted on node ${nodeId}: the power failed`;

    const failed = await begin();
    failed.main.end(2);
    await until(() => failed.side.stops > 0);
    await failed.removed();
    failed.side.end(143);
    const report = await reported(failed.id, 'failed');
    t.equal(report.message, 'task main: exited with code 2');
    t.match(report.tasks, {
      main: { status: 'failed', exit_code: 2 },
      side1: { status: 'stopped', exit_code: 143, message: /exited with code 143/ },
    });

    const both = await begin();
    void allocations.get(both.id)?.interrupt('the power failed');
    await until(() => both.main.stops > 0 && both.side.stops > 0);
    await both.removed();
    both.main.end(0);
    both.side.end(0);
    t.match(await reported(both.id, 'stopped'), { message: 'stopped by the server' });

    const stopped = await begin();
    await stopped.removed();
    await until(() => stopped.main.stops > 0);
    stopped.main.end(143);
    stopped.side.end(0);
    t.match(await reported(stopped.id, 'stopped'), {
      message: 'stopped by the server',
      tasks: {
        main: { status: 'stopped', message: 'stopped by the server; exited with code 143 (SIGTERM)' },
      },
    });

    const interrupted = await begin();
    interrupted.main.end(137, { interrupted: true, problem: 'the power failed' });
    await until(() => interrupted.side.stops > 0);
    interrupted.side.end(0);
    t.match(await reported(interrupted.id, 'lost'), {
      message: interruption,
      tasks: { main: { status: 'stopped', message: interruption } },
    });

    const complete = await begin();
    complete.main.end(0);
    complete.side.end(0);
    t.match(await reported(complete.id, 'complete'), { message: null });
  },
);

void t.test(
  'does not start the remaining tasks of an allocation that was ending before a restart',
  async (t) => {
    const before = await openRunner(t);
    const left = async (change: (record: AllocationRecord) => void): Promise<string> => {
      const given = order(
        { command: `echo main >> ${before.dataDir}/started` },
        { command: `echo side >> ${before.dataDir}/started` },
      );
      const record = newRecord(given, 1, before.clock.now());
      change(record);
      await before.journal.save(given.allocation_id, () => record);
      return given.allocation_id;
    };
    const stopping = await left((record) => (record.stopping = 'stopped by the server'));
    const interrupted = await left(
      (record) => (record.interrupted = 'interrupted on node n: the power failed'),
    );
    const failed = await left((record) => {
      record.tasks['main'] = {
        status: 'failed',
        startTime: 1,
        endTime: 2,
        exitCode: 2,
        error: null,
        message: 'exited with code 2',
      };
    });
    const otherBoot = await left((record) => (record.bootId = 'another'));
    await before.close();

    const next = await openRunner(t, { dataDir: before.dataDir });
    t.match(await next.reported(stopping, 'stopped'), {
      message: 'stopped by the server',
      start_time: null,
      tasks: { main: { status: 'stopped' } },
    });
    t.match(await next.reported(interrupted, 'lost'), {
      message: 'interrupted on node n: the power failed',
      start_time: null,
    });
    t.match(await next.reported(failed, 'failed'), {
      message: 'task main: exited with code 2',
      tasks: { side1: { status: 'stopped', start_time: null } },
    });
    t.match(await next.reported(otherBoot, 'lost'), {
      message: /the machine was restarted before the task was known to run/,
    });
    // The end of another task shows that there was time to start these.
    const other = order({ command: 'true' });
    await next.allocations.accept(other, 1);
    await next.reported(other.allocation_id, 'complete');
    t.notOk(existsSync(path.join(before.dataDir, 'started')));
  },
);

void t.test('after a restart, adopts a process that is being stopped and stops it', async (t) => {
  const before = await openRunner(t);
  const [begun, told, go] = ['begun', 'told', 'go'].map((name) => path.join(before.dataDir, name));
  const held = `echo told >> ${told}; while [ ! -e ${go} ]; do sleep 0.02; done; exit 0`;
  const given = order({
    command: `trap '${held}' TERM; echo begun >> ${begun}; while :; do sleep 0.02; done`,
    kill_timeout: 60,
  });
  const id = given.allocation_id;
  await before.allocations.accept(given, 1);
  const { start_time } = await before.reported(id, 'running');
  await until(() => existsSync(begun!));
  void before.allocations.remove(id);
  await until(() => existsSync(told!));
  await before.close();

  const next = await openRunner(t, { dataDir: before.dataDir });
  t.match(await next.reported(id, 'running'), { start_time });
  writeFileSync(go!, '');
  const ended = await next.reported(id, 'stopped');
  t.match(ended, {
    start_time,
    message: 'stopped by the server',
    tasks: { main: { exit_code: 0, message: 'stopped by the server; exited with code 0' } },
  });
  t.equal(readFileSync(begun!, 'utf8'), 'begun\n', 'the process was started once');
});

void t.test('a stop order may carry other seconds than the order, also over a restart', async (t) => {
  const before = await openRunner(t);
  const [begun, told, go] = ['begun', 'told', 'go'].map((name) => path.join(before.dataDir, name));
  const held = `echo told >> ${told}; while [ ! -e ${go} ]; do sleep 0.02; done; exit 0`;
  const given = order({
    command: `trap '${held}' TERM; echo begun >> ${begun}; while :; do sleep 0.02; done`,
    kill_timeout: 0,
  });
  const id = given.allocation_id;
  await before.allocations.accept(given, 1);
  await before.reported(id, 'running');
  // A signal before the trap would end the process at once.
  await until(() => existsSync(begun!));
  void before.allocations.remove(id, { main: 60 });
  await until(() => existsSync(told!));
  await before.close();

  const next = await openRunner(t, { dataDir: before.dataDir });
  await next.reported(id, 'running');
  writeFileSync(go!, '');
  t.match(await next.reported(id, 'stopped'), { tasks: { main: { exit_code: 0 } } });
});
