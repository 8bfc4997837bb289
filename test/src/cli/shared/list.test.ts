import { Command } from 'commander';
import stringWidth from 'string-width';
import t from 'tap';
import type { Cluster } from '#src/cli/shared/client.js';
import { createProgram } from '#src/cli/program.js';
import { CLAIM_LIST } from '#src/cli/gpu/claim-view.js';
import { ENVIRONMENT_LIST, buildTable, generationTable } from '#src/cli/environments/environment-view.js';
import { JOB_LIST, jobPage } from '#src/cli/jobs/job-view.js';
import { TEMPLATE_LIST } from '#src/cli/jobs/template-view.js';
import { NODE_LIST, nodePage } from '#src/cli/nodes/node-view.js';
import { WORKER_LIST } from '#src/cli/nodes/worker-view.js';
import { deploymentTable, serviceList, versionTable } from '#src/cli/services/service-view.js';
import { VOLUME_LIST } from '#src/cli/services/volume-view.js';
import { listLines, type ListView } from '#src/cli/shared/list.js';
import { WHOLE } from '#src/cli/shared/table.js';
import { TASK_LIST, noticeTable, runTable } from '#src/cli/tasks/task-view.js';
import { USER_LIST } from '#src/cli/accounts/user-view.js';
import { ALLOCATION_STATUSES, allocation, job, JOB_STATUSES, task } from '../views/samples.js';

const NOW = Date.parse('2026-11-20T14:32:00Z');
const AT = '2026-11-20T14:30:00Z';
const TERMINAL = { ...WHOLE, width: 80, now: NOW };
const WIDE = '每晚的资料库备份与报告';
const LONG = `${WIDE}-${'nightly-report-of-the-whole-company'.repeat(2)}`;
const ROWS = 50;

const id = (index: number): string => `6a1f5c39-2d0b-5b58-9a0d-${String(index).padStart(12, '0')}`;
const nth = <Item>(items: readonly Item[], index: number): Item => items[index % items.length]!;

/** Fifty unhappy items with long and wide texts, for each list. The values are those that the views read. */
const LISTS: Readonly<Record<string, readonly [ListView<never>, (index: number) => object]>> = {
  jobs: [
    JOB_LIST,
    (index) => job({ job_id: `${LONG}-${index}`, status: nth(JOB_STATUSES, index), allocations: [] }),
  ],
  nodes: [
    NODE_LIST,
    (index) => ({
      node_id: id(index),
      ip_address: '2001:db8::1',
      attributes: { hostname: `${WIDE}-${index}.example.com` },
      resources: { cpu: 256_000, memory: 1_048_576, gpus: 8 },
      healthy: false,
      down: index % 2 === 0,
      draining: index % 3 === 0,
      last_heartbeat: NOW / 1000 - index * 1000,
      allocations: [],
    }),
  ],
  templates: [
    TEMPLATE_LIST,
    (index) => ({ template_id: id(index), name: LONG, description: LONG, updated_at: NOW / 1000 }),
  ],
  workers: [
    WORKER_LIST,
    (index) => ({
      id: id(index),
      name: LONG,
      status: 'offline',
      enabled: index % 2 === 0,
      current_tasks: 3,
      max_tasks: 3,
      tags: [WIDE, 'gpu', 'eu-west'],
      last_heartbeat: AT,
    }),
  ],
  claims: [
    CLAIM_LIST,
    (index) => ({
      id: id(index),
      spec: { image: `registry.example.com/${'team/'.repeat(10)}image:1`, resources: { gpuCount: 8 } },
      status: { phase: 'Failed', reason: 'WaitingForResources', nodeName: LONG },
      created_at: AT,
    }),
  ],
  users: [
    USER_LIST,
    (index) => ({
      user_id: index,
      username: LONG,
      role: 'tenant_admin',
      active: false,
      erased: index % 2 === 0,
      tenant_id: id(index),
      created_at: NOW / 1000,
    }),
  ],
  tasks: [
    TASK_LIST,
    (index) => ({
      id: index,
      name: LONG,
      status: 'disabled',
      schedule: '*/5 0-23/2 1,15 * 1-5',
      next_run_at: AT,
      unfinished_runs: 3,
      last_run: { id: 100, status: 'timeout', finished_at: AT },
    }),
  ],
  services: [
    serviceList(new Map([[id(0), 'group web: 2 not placed; 3 nodes evaluated']])),
    (index) => ({
      id: id(index),
      name: LONG,
      type: 'database',
      status: 'failed',
      updated_at: AT,
      deployments: [{ status: 'failed', reason: { code: 'failed', message: `An instance failed: ${LONG}` } }],
    }),
  ],
  volumes: [
    VOLUME_LIST,
    (index) => ({
      id: id(index),
      name: 'data',
      service_name: LONG,
      status: 'deleting',
      node_id: id(index),
      created_at: AT,
      waits_for: `the end of ${LONG}`,
    }),
  ],
  environments: [
    ENVIRONMENT_LIST,
    () => ({ name: LONG, python_version: '3.12', packages: [], created_at: AT }),
  ],
};

function fits(t: { ok: (is: boolean, text: string) => void }, name: string, lines: readonly string[]): void {
  const widest = [...lines].sort((one, other) => stringWidth(other) - stringWidth(one))[0] ?? '';
  t.ok(stringWidth(widest) <= 80, `${name}: ${stringWidth(widest)} columns: ${widest}`);
}

void t.test('fits every list into 80 columns, and cuts nothing with -o wide', async (t) => {
  for (const [name, [view, make]] of Object.entries(LISTS)) {
    const items = Array.from({ length: ROWS }, (_, index) => make(index)) as never[];
    const lines = listLines(view, items, TERMINAL);
    t.equal(lines.length, ROWS + 1, name);
    fits(t, name, lines);
    const whole = listLines(view, items).join('\n');
    t.notMatch(whole, '…', name);
    for (const item of items) t.ok(whole.includes(view.name(item)), `${name} has the name of the item`);
  }
});

void t.test('fits the tables of pages into 80 columns', async (t) => {
  const indexes = Array.from({ length: ROWS }, (_, index) => index);
  const allocations = indexes.map((index) =>
    allocation({
      allocation_id: id(index),
      node_id: id(ROWS - index),
      task_group: WIDE,
      status: nth(ALLOCATION_STATUSES, index),
      tasks: { [WIDE]: task({ status: 'failed', exit_code: 137, message: LONG }) },
    }),
  );
  const running = jobPage(job({ allocations }), TERMINAL);
  fits(t, 'job status', running.slice(0, running.indexOf('Failed:')));
  const onNode = allocations.map((each) => ({
    ...each,
    job_id: LONG,
    ports: [{ container: 80, host: 20_017 }],
  }));
  const node: Cluster['Node'] = {
    node_id: id(1),
    ip_address: '10.0.0.1',
    resources: { cpu: 4000 },
    attributes: { note: LONG },
    healthy: false,
    last_heartbeat: 0,
    allocations: onNode,
  };
  fits(t, 'node status', nodePage(node, TERMINAL));
  const tables = {
    runs: runTable(
      indexes.map((index) => ({
        id: index,
        status: 'failed',
        trigger: 'schedule',
        slot: AT,
        attempt: 3,
        attempts: 3,
        started_at: AT,
        duration_seconds: 3600.123,
        exit_code: 137,
        reason: 'output_limit',
      })) as never,
      TERMINAL,
    ),
    notices: noticeTable(
      indexes.map((index) => ({
        id: index,
        on: 'failure',
        run_id: index,
        status: 'retrying',
        attempt: 1,
        attempts: 5,
        due_at: AT,
        reason: 'http_status',
        message: LONG,
      })) as never,
      TERMINAL,
    ),
    deployments: deploymentTable(
      {
        deployments: indexes.map((number) => ({
          number,
          version: number,
          because: 'rolled_back',
          status: 'failed',
          instances: { healthy: 0, wanted: 3 },
          created_at: AT,
          completed_at: AT,
          reason: { code: 'failed', message: LONG },
          waits_for: null,
        })),
      } as never,
      TERMINAL,
    ),
    versions: versionTable(
      {
        versions: indexes.map((version) => ({
          version,
          because: 'rolled_back',
          from: 1,
          created_at: AT,
          image_digest: `sha256:${'a'.repeat(64)}`,
          changes: [{ path: 'image', before: LONG, after: LONG }],
        })),
      } as never,
      TERMINAL,
    ),
    generations: generationTable(
      {
        generations: indexes.map((generation) => ({
          generation,
          current: false,
          python_version: '3.12',
          package_count: 120,
          disk_usage: 1.25,
          created_at: AT,
          hash: 'a'.repeat(64),
        })),
      } as never,
      TERMINAL,
    ),
    builds: buildTable(
      {
        builds: indexes.map((build) => ({
          build,
          kind: 'install',
          status: 'failed',
          asked: [LONG],
          requested_at: AT,
          ended_at: AT,
          step: 'solve',
          failed_packages: [{ name: LONG }],
        })),
      } as never,
      TERMINAL,
    ),
  };
  for (const [name, lines] of Object.entries(tables)) fits(t, name, lines);
});

/** Returns all commands without subcommands, by name. */
function commandsOf(command: Command, words: readonly string[] = []): ReadonlyMap<string, Command> {
  const subcommands = command.commands.filter((each) => each.name() !== 'help');
  if (subcommands.length === 0) return new Map([[words.join(' '), command]]);
  return new Map(subcommands.flatMap((each) => [...commandsOf(each, [...words, each.name()])]));
}

void t.test('gives every list the same options', async (t) => {
  const lists = [...commandsOf(await createProgram())].filter(([words]) => words.endsWith(' list'));
  t.ok(lists.length >= 12, `${lists.length} lists were found`);
  for (const [words, command] of lists) {
    const options = command.options.map(({ long }) => long);
    for (const option of ['--output', '--no-headers', '--color', '--prefix', '--sort', '--limit'])
      t.ok(options.includes(option), `${words} ${option}`);
  }
});
