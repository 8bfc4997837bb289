import { chmodSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { makeChannel, modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaTools } from '../fixtures/conda/tools.js';
import { cookieIn } from '../fixtures/cookie.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const PASSWORD = 'password123';
const PACKAGES = [pythonPackage(), modulePackage('numpy'), modulePackage('pandas')];
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** Prints the environment in which it runs, and holds some memory for a moment. */
const SCRIPT =
  'import sys, time, numpy\nheld = bytearray(30_000_000)\nprint("in", sys.prefix)\ntime.sleep(2)\n';

interface Detail {
  readonly task: {
    readonly status: string;
    readonly task_id: number;
    readonly conda_env: string;
    readonly executions: readonly string[];
  };
  readonly latest_execution: {
    readonly status: string;
    readonly logs: string | null;
    readonly generation: number;
  } | null;
}

void t.test(
  'tasks in environments run, stop, are counted and reported, and a run keeps its pinned generation after a kill',
  async (t) => {
    const tools = await condaTools();
    if (
      !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'py-rattler') ||
      typeof tools === 'string'
    )
      return;
    const channel = await makeChannel(t, tools.bin, PACKAGES);
    const folder = ownFolder(t);
    // Builds and runs start as other users, who must be able to enter this folder.
    chmodSync(folder, 0o711);
    const scripts = join(folder, 'scripts');
    await mkdir(scripts, { mode: 0o755 });
    await writeFile(join(scripts, 'report.py'), 'print("from a file")\n', { mode: 0o644 });
    const server = await startServer(t, {
      env: {
        MUSTER_ADMIN_PASSWORD: PASSWORD,
        MUSTER_NODE_TIMEOUT_SECONDS: '6',
        MUSTER_SCRIPT_ROOTS: scripts,
      },
    });
    const env = {
      PATH: `${tools.bin}:/usr/local/bin:/usr/bin:/bin`,
      MUSTER_CONDA_CHANNELS: channel.url,
      MUSTER_HTTP_ALLOW: 'files.pythonhosted.org',
    };
    const agent = await startAgent(t, server, { env, dataDir: join(folder, 'agent') });
    const cookie = cookieIn(
      (await server.api.post('/login', { username: 'admin', password: PASSWORD })).headers,
    );
    const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
      await server.api.call(method, `/api${path}`, body, { headers: { cookie }, timeout: 120_000 });
    const detail = async (id: number): Promise<Detail> => (await call('GET', `/tasks/${id}`)).body as Detail;
    const until = async (id: number, status: string): Promise<Detail> =>
      await eventually(
        async () => {
          const found = await detail(id);
          return found.task.status === status ? found : undefined;
        },
        { timeout: 60_000, what: `task ${id} is ${status}` },
      );

    t.equal((await call('POST', '/conda/environment', { name: 'data', packages: ['numpy'] })).status, 201);
    t.match(
      await call('POST', '/tasks', { script: SCRIPT, conda_env: 'data', task_name: 'first', memory_mb: 200 }),
      {
        status: 201,
        body: {
          success: true,
          message: 'Task scheduled successfully',
          task: {
            task_id: 1,
            task_name: 'first',
            script_path: SCRIPT,
            conda_env: 'data',
            status: 'scheduled',
            created_at: TIME,
            cron_expression: null,
          },
        },
      },
    );
    const first = await until(1, 'completed');
    t.match(first.latest_execution, {
      status: 'completed',
      exit_code: 0,
      generation: 1,
      logs: /in \/.*conda/,
      start_time: TIME,
      end_time: TIME,
    });
    t.ok(
      ((first.latest_execution as unknown as { readonly peak_memory: number | null }).peak_memory ?? 0) > 25,
      'the memory of the run was measured',
    );
    t.match(first, {
      execution_history: [{ logs: null }],
      performance_metrics: { durations: [Number], timestamps: [TIME] },
    });

    t.match(await call('POST', '/tasks', { script: join(scripts, 'report.py'), conda_env: 'data' }), {
      status: 201,
      body: { task: { task_name: 'task-2' } },
    });
    t.match((await until(2, 'completed')).latest_execution, { logs: /from a file/ });
    t.match(await call('POST', '/tasks', { script: '/etc/passwd', conda_env: 'data' }), {
      status: 400,
      body: { error: /script: must be the absolute path of a file below/ },
    });
    t.match(await call('POST', '/tasks', { script: 'x = 1', conda_env: 'nothing', reuse_env: true }), {
      status: 400,
      body: {
        success: false,
        message: 'Cannot reuse non-existing environment',
        error: "Environment 'nothing' not found",
      },
    });

    // The environment of a running task cannot be changed or deleted.
    const slow = {
      script: 'import time\nprint("begun", flush=True)\ntime.sleep(600)\n',
      conda_env: 'data',
      task_name: 'slow',
    };
    const { task_id: id } = ((await call('POST', '/tasks', slow)).body as Detail).task;
    // The output may arrive from the node before the read models show the task as running.
    await eventually(
      async () => {
        const { task, latest_execution: execution } = await detail(id);
        return task.status === 'running' && (execution?.logs ?? '').includes('begun');
      },
      { timeout: 60_000, what: 'the output of the running task' },
    );
    t.match(await call('POST', '/conda/environment/data/packages', { packages: ['pandas'] }), {
      status: 400,
      body: {
        message: 'Cannot modify packages in environment that is referenced by running tasks',
        error: 'Environment is in use by tasks',
        referencing_tasks: ['slow'],
      },
    });
    t.match(await call('DELETE', '/conda/environment/data'), {
      status: 400,
      body: { error: 'Environment is in use by tasks', referencing_tasks: ['slow'] },
    });
    t.match(await call('DELETE', `/tasks/${id}`), { status: 400, body: { current_status: 'running' } });
    await Promise.all([server.kill(), agent.kill()]);
    await server.start();
    await agent.start();
    t.match((await until(id, 'running')).latest_execution, { generation: 1 });
    t.match(await call('POST', `/tasks/${id}/stop`), {
      status: 200,
      body: { task: { status: 'stopped', previous_status: 'running' } },
    });
    t.match(await call('POST', `/tasks/${id}/stop`), {
      status: 400,
      body: {
        message: 'Task is not in a running state',
        error: "Cannot stop a task with status: 'stopped'",
        current_status: 'stopped',
      },
    });
    t.match(await until(id, 'stopped'), { task: { executions: [`task.${id}.1`] } });

    t.match(await call('POST', '/tasks', { script: 'print(1)', conda_env: 'data', task_name: 'first' }), {
      status: 400,
      body: { message: 'Task with this name already exists', error: "Task with name 'first' already exists" },
    });
    const fails = await call('POST', '/tasks', {
      script: 'import nope',
      conda_env: 'data',
      task_name: 'fails',
    });
    t.equal(fails.status, 201);
    const failed = await until((fails.body as Pick<Detail, 'task'>).task.task_id, 'failed');
    t.match(failed.latest_execution, {
      status: 'failed',
      exit_code: 1,
      logs: /No module named 'nope'/,
      reason: 'exited',
    });

    // A schedule fires repeatedly, in the server's time zone.
    const often = (
      (
        await call('POST', '/tasks', {
          script: 'print("again")',
          conda_env: 'data',
          task_name: 'often',
          cron_expression: '* * * * * *',
        })
      ).body as Detail
    ).task;
    await eventually(async () => (await detail(often.task_id)).task.executions.length >= 2, {
      timeout: 60_000,
      what: 'two executions',
    });
    t.match(await call('PUT', '/conda/environment/data', { new_name: 'more' }), {
      status: 200,
      body: { updated_tasks_count: 5 },
    });
    t.match((await call('GET', '/tasks')).body, [
      {
        task_name: 'first',
        conda_env: 'more',
        status: 'completed',
        last_run_time_formatted: TIME,
        completed_at: TIME,
      },
    ]);
    t.match((await call('GET', '/tasks/stats')).body, {
      total: 5,
      completed: Number,
      failed: 1,
      last_7_days: { dates: { length: 7 } },
      recent_tasks: { length: 5 },
    });
    t.match((await call('GET', '/tasks/history?limit=3')).body, {
      status: 'success',
      data: { length: 3, 0: { execution_time: TIME, generation: 1 } },
    });
    t.match((await call('GET', '/conda/environment/more')).body, { usage_stats: { total_tasks: 5 } });
    t.match((await call('GET', '/conda/stats')).body, {
      active_environments: 1,
      environment_usage: [{ name: 'more', usage_percent: 100 }],
    });
    t.match(await call('DELETE', '/conda/environment/more'), {
      status: 400,
      body: { referencing_tasks: ['often'] },
    });
    await eventually(async () => (await call('DELETE', `/tasks/${often.task_id}`)).status === 204, {
      timeout: 30_000,
      what: 'a moment between two executions',
    });
    t.equal((await call('DELETE', '/conda/environment/more')).status, 204);
    // Where several servers share the read models, a response waits for the models only for a limited time.
    await eventually(async () => (await detail(1)).task.conda_env === 'data', {
      timeout: 30_000,
      what: 'the former name of the environment',
    });
    t.match((await call('GET', '/tasks/1')).body, { task: { conda_env: 'data', status: 'completed' } });

    // The tasks surface does not show these tasks.
    const { token } = (
      await server.api.post<{ token: string }>('/api/auth/login', { username: 'admin', password: PASSWORD })
    ).body;
    const bearer = { headers: { authorization: `Bearer ${token}` } };
    t.match((await server.api.get('/api/tasks', bearer)).body, { data: [], pagination: { total: 0 } });
    t.equal((await server.api.get('/api/tasks/1', bearer)).status, 404);
    await invariantsHold(t, server);
  },
);
