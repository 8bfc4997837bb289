import t from 'tap';
import type { BuildStatus } from '#domain/environments/environment/index.js';
import {
  whyAllocation,
  whyBuild,
  whyClaim,
  whyJob,
  whyNode,
  whyRun,
  whyService,
  whyTask,
  type ExplainedJob,
  type Why,
} from '#domain/explain/index.js';
import type { ClaimPhase } from '#domain/gpu/claim/index.js';
import type { AllocationStatusWord } from '#domain/jobs/job/allocation-status.js';
import type { JobStatus } from '#domain/jobs/job/status.js';
import type { ServiceStatus } from '#domain/services/service/index.js';
import type { RunStatus, TaskStatus } from '#domain/tasks/task/index.js';
import { log, type Given } from './support/log.js';

const RETRY = Date.UTC(2026, 10, 27, 15);
const SPECIFICATION = {
  task_groups: [
    { name: 'web', tasks: [] },
    {
      name: 'worker',
      tasks: [],
      restart: { attempts: 3, delay: 1, mode: 'fail' },
      reschedule: { attempts: 2 },
    },
  ],
};
const submitted: Given = ['JobSubmitted', { specification: SPECIFICATION }];
const blocked: Given = [
  'EvaluationBlocked',
  { reasons: { web: { unplaced: 1, nodes: 3, filtered: {}, exhausted: { cpu: 3 }, short: { cpu: 500 } } } },
];
const worker = { allocationId: 'aw', group: 'worker', nodeId: 'n2' };
const exited: Given = [
  'TaskExited',
  { ...worker, task: 'main', status: 'failed', exitCode: 7, error: null, message: null },
];
const failed: readonly Given[] = [exited, ['AllocationReleased', { ...worker, outcome: 'failed' }]];
const retried: readonly Given[] = [
  exited,
  ['AllocationReleased', { ...worker, outcome: 'failed', retryAt: RETRY }],
];

type Slot = NonNullable<ExplainedJob['slots'][string][number]>;
const slot = (allocationId: string, status: Slot['status'], final = false): Slot => ({
  allocationId,
  status,
  final,
});

function job(status: JobStatus, web: Slot | null, ofWorker: Slot | null, ...events: readonly Given[]): Why {
  return whyJob(log(submitted, ...events), { status, slots: { web: [web], worker: [ofWorker] } });
}

const JOBS: Readonly<Record<JobStatus, readonly (readonly [Why, RegExp])[]>> = {
  pending: [
    [job('pending', null, null), /^It is waiting: the scheduler has not evaluated it yet\.$/],
    [
      job('pending', slot('al', 'pending'), slot('aw', 'pending'), ['EvaluationCompleted']),
      /^It is starting: 2 of 2 instances have been placed and not started yet\.$/,
    ],
    [
      job('pending', slot('al', 'complete'), slot('aw', 'failed'), ...retried),
      /^It is waiting for its next try\. Allocation aw of group worker failed on node n2: task main failed with exit code 7\. Its slot will be filled again at 2026-11-27T15:00:00\.000Z or later\.$/,
    ],
    [
      job('pending', null, null, ['EvaluationCompleted']),
      /^It is waiting: not all its instances have been placed yet\.$/,
    ],
  ],
  blocked: [
    [
      job('blocked', null, null, blocked),
      /^It is waiting: 1 instance of group web cannot be placed: 3 of 3 nodes lack cpu \(short by at least 500\) \(as of 2026-11-27T14:01:00\.000Z\)\.$/,
    ],
  ],
  running: [
    [
      job('running', slot('al', 'running'), slot('aw', 'running')),
      /^It is running because job hello was submitted by account ann, and all its instances have been placed\.$/,
    ],
  ],
  degraded: [
    [
      job('degraded', slot('al', 'running'), slot('aw', 'failed', true), ...failed),
      /^It is degraded: 1 of 2 instances is running\. Allocation aw of group worker failed on node n2: task main failed with exit code 7\. Its slot will not be filled again, because its 3 restarts and its 2 reschedules are used up\.$/,
    ],
    [
      job('degraded', slot('al', 'running'), null, blocked),
      /^It is degraded: 1 of 2 instances is running\. 1 instance of group web cannot be placed: .* \(as of /,
    ],
    [
      job('degraded', slot('al', 'running'), slot('aw', 'failed', true), ...failed, [
        'JobDeploymentSettled',
        { version: 0, outcome: 'failed', reason: { code: 'deadline', message: 'no progress in 600 s' } },
      ]),
      /The rollout of version 0 of job hello failed \(no progress in 600 s\)\.$/,
    ],
  ],
  lost: [
    [
      job('lost', slot('aw', 'lost'), null, [
        'AllocationReleased',
        { ...worker, outcome: 'lost', retryAt: RETRY },
      ]),
      /^None of its instances is running, because nodes were lost\. Allocation aw of group web was lost on node n2\. Its slot will be filled again at /,
    ],
  ],
  failed: [
    [
      job('failed', slot('al', 'complete'), slot('aw', 'failed', true), ...failed),
      /^It failed\. Allocation aw of group worker failed on node n2: task main failed with exit code 7\. /,
    ],
    [
      job('failed', slot('al', 'complete'), slot('aw', 'failed', true), [
        'JobFinished',
        { outcome: 'failed' },
      ]),
      /^It has ended: at least one allocation failed permanently\.$/,
    ],
  ],
  complete: [
    [
      job('complete', slot('al', 'complete'), slot('aw', 'complete')),
      /^It has ended: all its allocations completed\.$/,
    ],
  ],
  dead: [
    [
      job('dead', null, null, ['JobStopped']),
      /^It is being stopped because job hello was stopped by account ann\.$/,
    ],
    [job('dead', null, null), /^It was stopped\.$/],
  ],
};

const allocation = (...events: readonly Given[]): Why =>
  whyAllocation(log(['AllocationPlaced'], ...events), undefined);
const ALLOCATIONS: Readonly<Record<AllocationStatusWord, readonly [Why, RegExp]>> = {
  pending: [allocation(), /^It is placed on node n1 and has not started yet\.$/],
  running: [allocation(['AllocationStarted']), /^It is running on node n1\.$/],
  complete: [
    allocation(['AllocationStarted'], ['AllocationCompleted']),
    /^It ended because all its tasks completed\.$/,
  ],
  failed: [allocation(['AllocationStarted'], ['AllocationFailed', { message: 'oom' }]), /^It failed: oom\.$/],
  stopped: [
    allocation(['AllocationStarted'], ['AllocationStopped', { message: 'end' }]),
    /^It was stopped: end\.$/,
  ],
  lost: [
    allocation(['AllocationStarted'], ['AllocationLost', { allocationId: 'al', reason: 'unknown there' }]),
    /^It was lost because node n1 no longer has allocation al: unknown there\.$/,
  ],
};

const active = { next: null, held: false } as const;
const TASKS: Readonly<Record<TaskStatus, readonly [Why, RegExp]>> = {
  active: [
    whyTask(log(['TaskCreated']), { status: 'active', ...active }, undefined),
    /^It has not run yet\.$/,
  ],
  paused: [
    whyTask(log(['TaskStatusSet', { status: 'paused' }]), { status: 'paused', ...active }, undefined),
    /^It starts no runs because account ann set it to paused\.$/,
  ],
  disabled: [
    whyTask(log(['TaskCreated']), { status: 'disabled', ...active }, undefined),
    /^It starts no runs because it is disabled\.$/,
  ],
};

const ofRun = { taskId: 7, run: 3 };
const begun: Given = ['TaskTriggered', { ...ofRun, attempts: 2 }];
const again: Given = ['TaskRunRetried', { ...ofRun, attempt: 2, after: 'failed', dueAt: RETRY }];
const ended = (outcome: string, more: object = {}): Given => ['TaskRunEnded', { ...ofRun, outcome, ...more }];
const running = { sentence: 'It is running because job task.7.3 was submitted by Muster.', evidence: [] };
const waiting = { sentence: 'It is waiting: no node.', evidence: [] };
const over = { sentence: 'It has ended: allocation aw failed.', evidence: [] };
const run = (ofJob: Why | undefined, ...events: readonly Given[]): Why => {
  const all = log(begun, ...events);
  return whyRun(
    all.filter(({ type }) => type.startsWith('TaskRun') || type === 'TaskTriggered'),
    ofJob,
    all,
  );
};
const RUNS: Readonly<Record<RunStatus, readonly (readonly [Why, RegExp])[]>> = {
  pending: [
    [run(undefined), /^It has not been started yet\.$/],
    [run(waiting, submitted), /^It is waiting: no node\.$/],
  ],
  running: [[run(running, submitted), /^It is running because/]],
  retrying: [
    [
      run(over, submitted, ...failed, again),
      /^It is waiting for attempt 2, which is due at 2026-11-27T15:00:00\.000Z, because the previous attempt failed\.$/,
    ],
    [run(waiting, again, ['JobUpdated']), /^It is waiting: no node\.$/],
  ],
  success: [
    [run(over, submitted, ended('success')), /^It succeeded\.$/],
    [run(over, submitted, again, ['JobUpdated'], ended('success')), /^It succeeded in attempt 2 of 2\.$/],
  ],
  failed: [
    [
      run(over, submitted, again, ['JobUpdated'], ...failed, ended('failed'), [
        'JobDeleted',
        {},
        'saga:task-runs',
      ]),
      /^It failed on node n2 in attempt 2 of 2: task main failed with exit code 7\.$/,
    ],
    [
      run(undefined, ended('failed', { secret: { name: 'key', problem: 'missing' } })),
      /^It failed because the tenant has no secret key\.$/,
    ],
    [
      run(undefined, ended('failed', { expired: true })),
      /^It ended because no worker was found for it in the time/,
    ],
  ],
  timeout: [
    [
      run(over, submitted, ...failed, ended('timeout')),
      /^It ended on node n2 because it exceeded its time limit in attempt 1 of 2\.$/,
    ],
  ],
  cancelled: [
    [
      run(running, submitted, [
        'TaskRunsCancelled',
        { taskId: 7, runs: [3], reason: 'replaced' },
        'saga:tasks',
      ]),
      /^It was cancelled by Muster \(tasks\): a newer run replaced it\.$/,
    ],
  ],
};

const CLAIMS: Readonly<Record<ClaimPhase, readonly [Why, RegExp]>> = {
  Pending: [whyClaim(log(['GpuClaimed']), waiting), /^It is waiting: no node\.$/],
  Running: [whyClaim(log(['GpuClaimed']), running), /^It is running because/],
  Succeeded: [
    whyClaim(log(['GpuClaimEnded', { outcome: 'succeeded' }]), over),
    /^It ended: its program succeeded\.$/,
  ],
  Failed: [whyClaim(log(['GpuClaimEnded', { outcome: 'failed' }]), over), /^It ended: its program failed\.$/],
  Released: [whyClaim(log(['GpuReleased']), over), /^It ended because account ann released it\.$/],
};

const deployed: Given = [
  'DeploymentSettled',
  { number: 1, outcome: 'completed', reason: { code: 'healthy', message: '' } },
];
const SERVICES: Readonly<Record<ServiceStatus, readonly (readonly [Why, RegExp])[]>> = {
  stopped: [
    [
      whyService(log(['ServiceStopRequested']), over, 'stopped'),
      /^It is stopped because account ann stopped it\.$/,
    ],
  ],
  deploying: [
    [
      whyService(
        log(['DeploymentRequested', { number: 1, version: 1, because: 'started' }]),
        waiting,
        'deploying',
      ),
      /^It is waiting: no node\.$/,
    ],
    [
      whyService(log(deployed), waiting, 'deploying'),
      /^None of its instances is ready, although deployment 1 completed\. It is waiting: no node\.$/,
    ],
  ],
  running: [
    [whyService(log(deployed), running, 'running'), /^It is serving because deployment 1 completed\.$/],
    [
      whyService(
        log(deployed, ['DeploymentRequested', { number: 2, version: 2, because: 'configured' }]),
        waiting,
        'running',
      ),
      /^It is serving, and deployment 2 has not ended\. It is waiting: no node\.$/,
    ],
  ],
  failed: [
    [
      whyService(
        log(deployed, ['ServiceFailed', { reason: { code: 'failed', message: 'exit 1' } }]),
        over,
        'failed',
      ),
      /^It failed: exit 1\.$/,
    ],
  ],
};

const build = (ofJob: Why | undefined, behind: readonly number[], ...events: readonly Given[]): Why =>
  whyBuild(log(['EnvironmentBuildRequested', { build: 2, behind, change: {} }], ...events), 2, ofJob);
const BUILDS: Readonly<Record<BuildStatus, readonly [Why, RegExp]>> = {
  waiting: [build(undefined, [1]), /^It starts after build 1 has ended\.$/],
  placing: [build(waiting, []), /^It has not ended\. It is waiting: no node\.$/],
  building: [build(running, []), /^It has not ended\. It is running/],
  built: [build(over, [], ['EnvironmentBuilt', { build: 2 }]), /^It succeeded\.$/],
  planned: [
    build(over, [], ['EnvironmentPlanned', { build: 2 }]),
    /^It was planned\. Nothing was installed\.$/,
  ],
  failed: [
    build(over, [], ['EnvironmentBuildFailed', { build: 2, step: 'solve', failed: [] }]),
    /^It failed because its packages could not be resolved\.$/,
  ],
  cancelled: [
    build(over, [], ['EnvironmentBuildCancelled', { build: 2 }]),
    /^It was cancelled by account ann\.$/,
  ],
};

const node = (...events: readonly Given[]): Why =>
  whyNode(log(['NodeRegistered', { healthy: true }], ...events));
const NODES = {
  ready: [node(), /^It accepts placements\.$/],
  down: [
    node(['NodeWentDown', { reason: 'silent' }]),
    /^It does not accept placements because node n1 went down/,
  ],
  removed: [
    node(['NodeRemoved', { reason: null }]),
    /^It does not accept placements because node n1 was removed/,
  ],
  draining: [node(['NodeDrainStarted']), /^It does not accept placements because it is draining/],
  ineligible: [node(['NodeEligibilitySet', { eligible: false }]), /because it was set ineligible/],
  unhealthy: [
    node(['NodeHeartbeatReceived', { healthy: false }]),
    /because it reported that it is unhealthy/,
  ],
} as const;

type Case = readonly [Why, RegExp];
const KINDS: Readonly<Record<string, Readonly<Record<string, Case | readonly Case[]>>>> = {
  jobs: JOBS,
  allocations: ALLOCATIONS,
  tasks: TASKS,
  runs: RUNS,
  claims: CLAIMS,
  services: SERVICES,
  builds: BUILDS,
  nodes: NODES,
};
const RUNS_NOW: ReadonlySet<string> = new Set(['running', 'Running', 'building']);

void t.test('each status of each kind has a sentence, and only what is running is said to run', async (t) => {
  for (const [kind, statuses] of Object.entries(KINDS))
    for (const [status, given] of Object.entries(statuses)) {
      const cases = (Array.isArray(given[0]) ? given : [given]) as readonly Case[];
      for (const [{ sentence }, expected] of cases) {
        t.match(sentence, expected, `${kind} ${status}`);
        if (!RUNS_NOW.has(status))
          t.notMatch(sentence, /\bIt is (?:running|serving)\b|\bis running on\b/, `${kind} ${status}`);
      }
    }
});

void t.test('the sentence of a job says since which event it holds', async (t) => {
  const since = ({ since: event }: Why): string | undefined => event?.type;
  t.equal(
    since(job('degraded', slot('al', 'running'), slot('aw', 'failed', true), ...failed)),
    'AllocationReleased',
  );
  const waits = job('blocked', null, null, blocked, blocked, blocked);
  t.equal(waits.since?.position, 2n, 'the first evaluation that found it waiting');
  t.equal(since(job('running', slot('al', 'running'), null)), 'JobSubmitted');
  t.equal(
    since(job('running', slot('al', 'running'), null, blocked, ['EvaluationCompleted'])),
    'EvaluationCompleted',
  );
});

void t.test('the end of a job stays its explanation after Muster has deleted it', async (t) => {
  const end: readonly Given[] = [
    submitted,
    ['AllocationFailed', { ...worker, message: 'exited with code 9' }, 'node:n2'],
    ['JobFinished', { outcome: 'failed' }, 'saga:scheduler'],
  ];
  t.equal(
    whyJob(log(...end, ['JobDeleted', {}, 'saga:task-runs'], ['JobFinished', { outcome: 'deleted' }]))
      .sentence,
    'It has ended: allocation aw failed on node n2: exited with code 9.',
  );
  t.equal(
    whyJob(log(...end, ['JobDeleted'], ['JobFinished', { outcome: 'deleted' }])).sentence,
    'It has ended: job hello was deleted by account ann.',
  );
});

void t.test('a task that is held back says since when its slots have not run', async (t) => {
  const skipped: Given = [
    'TaskSlotDecided',
    {
      taskId: 7,
      decision: 'skipped',
      slot: Date.UTC(2026, 10, 27, 3),
      until: Date.UTC(2026, 10, 27, 3),
      reason: 'forbidden',
    },
  ];
  t.strictSame(
    whyTask(log(skipped), { status: 'active', next: RETRY, held: true }, { run: 1, why: waiting }),
    {
      sentence:
        'Its slots since 2026-11-27T03:00:00.000Z have not run because another run was still active, and the overlap policy of the task forbids a second one.',
      evidence: ['Run 1: It is waiting: no node.', 'Its next slot is at 2026-11-27T15:00:00.000Z.'],
    },
  );
});
