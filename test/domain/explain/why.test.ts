import t from 'tap';
import {
  whyAllocation,
  whyClaim,
  whyJob,
  whyNode,
  whyRequest,
  whyRun,
  whyService,
  type RepeatedPlacement,
} from '#domain/explain/index.js';
import { log, type Given } from './support/log.js';

const fits = (nodeId: string, score: number) => ({ nodeId, verdict: 'fits' as const, score });
const repeated: RepeatedPlacement = {
  basisRecorded: true,
  placement: {
    nodeId: 'n1',
    score: 482,
    chosen: { nodeId: 'n1', score: 0.482 },
    reproduced: true,
    differs: [],
    rules: 1,
    window: 2,
    earlierInPlan: 1,
    considered: [
      { nodeId: 'n1', score: 0.482, packing: 0.482 },
      { nodeId: 'n2', score: 0.1, packing: 0.6, apart: -0.4 },
    ],
    survey: {
      nodes: 5,
      fitting: 3,
      filtered: { 'driver docker': 1 },
      exhausted: { cpu: 1 },
      short: { cpu: 300 },
      verdicts: [
        fits('n1', 0.482),
        fits('n3', 0.4),
        fits('n2', 0.1),
        { nodeId: 'n4', verdict: 'exhausted', short: { cpu: 300, 'port 80': 1 } },
        { nodeId: 'n5', verdict: 'filtered', filter: 'driver docker' },
        { nodeId: 'n6', verdict: 'exhausted', short: { 'reserved for earlier work': 1 } },
        { nodeId: 'n7', verdict: 'filtered', filter: 'unschedulable' },
      ],
    },
  },
};

void t.test('the explanation of an allocation states why it is on its node', async (t) => {
  t.strictSame(whyAllocation(log(['AllocationPlaced'], ['AllocationStarted']), repeated), {
    sentence:
      'It is running on node n1 because node n1 had the best score (0.482) of the 2 suitable nodes that were compared.',
    evidence: [
      'It could run on 3 of 5 registered nodes (1 short of cpu, 1 ruled out by driver docker).',
      'Node n1 scored 0.482 for how well the job fills it.',
      'Node n2 scored 0.100: 0.600 for how well the job fills it, -0.400 because other allocations of the job are there.',
      'The search compares the first 2 suitable nodes, starting at a point that depends on the evaluation.',
      '1 placement earlier in the same plan was taken into account.',
    ],
  });
  const alone = { ...repeated.placement, considered: repeated.placement.considered.slice(0, 1) };
  t.equal(
    whyAllocation(log(['AllocationPlaced']), { ...repeated, placement: alone }).sentence,
    'It is placed on node n1 and has not started yet because node n1 was the only suitable node.',
  );
  t.equal(
    whyAllocation(log(['AllocationPlaced'], ['AllocationStarted']), undefined).sentence,
    'It is running on node n1.',
  );
});

void t.test('the explanation of an allocation states why it is not on another node', async (t) => {
  const not = (node: string) => whyAllocation(log(['AllocationPlaced']), repeated, node).evidence[0];
  t.equal(not('n1'), 'It was placed on node n1.');
  t.equal(not('n2'), 'Node n2 was also suitable, but scored 0.100, while node n1 scored 0.482.');
  t.equal(
    not('n3'),
    'Node n3 was also suitable, but the search compares only the first 2 suitable nodes, and reached other nodes first.',
  );
  t.equal(not('n4'), 'Node n4 lacked cpu (short by 300) and port 80 (short by 1).');
  t.equal(not('n5'), 'Node n5 was ruled out by driver docker.');
  t.equal(not('n6'), 'Node n6 was reserved for a job that has waited longer or has a higher priority.');
  t.equal(not('n7'), 'Node n7 was ruled out by its state (down, draining, ineligible or not admitted yet).');
  t.equal(not('moon'), 'Node moon was not registered at that time.');
});

void t.test('the explanation states that a decision cannot be reproduced', async (t) => {
  const { evidence } = whyAllocation(log(['AllocationPlaced']), {
    basisRecorded: false,
    placement: { ...repeated.placement, reproduced: false, differs: ['rules', 'node'] },
  });
  t.strictSame(evidence.slice(-2), [
    'An older release decided this and did not record the events on which it was based, so all earlier events are taken into account.',
    'The decision could not be reproduced: it was decided by the rules of a different release, a different node, or none, would be chosen now. Settings such as the port range may have changed since.',
  ]);
});

void t.test('the explanation of an allocation states why it ended', async (t) => {
  const end = (...events: readonly Given[]): string =>
    whyAllocation(log(['AllocationPlaced'], ...events), repeated).sentence;
  t.equal(end(['AllocationReleased', { outcome: 'complete' }]), 'It ended because all its tasks completed.');
  t.equal(
    end(
      ['TaskExited', { task: 'main', status: 'failed', exitCode: 137, error: 'oom', message: null }],
      ['AllocationReleased', { outcome: 'failed', retryAt: Date.UTC(2026, 10, 27, 15) }],
    ),
    'It failed: task main failed with exit code 137: oom. Its slot will be filled again at 2026-11-27T15:00:00.000Z or later.',
  );
  t.equal(
    end(
      [
        'TaskExited',
        { task: 'main', status: 'failed', exitCode: 7, error: null, message: 'exited with code 7' },
      ],
      ['AllocationReleased', { outcome: 'failed' }],
    ),
    'It failed: task main failed: exited with code 7. Its slot will not be filled again.',
  );
  t.equal(
    end(['AllocationFailed', { message: 'no such image' }], ['AllocationReleased', { outcome: 'failed' }]),
    'It failed: no such image. Its slot will not be filled again.',
  );
  t.match(
    end(['AllocationReleased', { outcome: 'failed', retryAt: 0, rescheduled: true }]),
    /Its restarts were used up, so its reschedule policy will place it again at .* or later\.$/,
  );
  t.equal(
    end(
      ['NodeWentDown', { reason: 'no heartbeat for 30 s' }],
      ['AllocationReleased', { outcome: 'lost', retryAt: Date.UTC(2026, 10, 27, 15) }],
    ),
    'It was lost because node n1 went down: no heartbeat for 30 s. Its slot will be filled again at 2026-11-27T15:00:00.000Z or later.',
  );
});

void t.test('the explanation of an allocation states who stopped it and why', async (t) => {
  const stop = (reason: string, ...before: readonly Given[]): string =>
    whyAllocation(log(['AllocationPlaced'], ...before, ['AllocationStopRequested', { reason }]), undefined)
      .sentence;
  t.equal(
    stop('job-stopped', ['JobStopped']),
    'It is being stopped because its job was stopped by account ann.',
  );
  t.equal(
    stop('job-updated', ['JobUpdated', {}, 'anonymous']),
    'It is being stopped because its job was updated by an anonymous caller.',
  );
  t.equal(
    stop('job-deleted', ['JobDeleted']),
    'It is being stopped because its job was deleted by account ann.',
  );
  t.equal(
    stop('scaled-down', ['JobUpdated']),
    'It is being stopped because its job was scaled down by account ann.',
  );
  t.equal(
    stop('drain', ['NodeDrainStarted']),
    'It is being stopped because node n1 is draining, which account ann requested.',
  );
  t.equal(stop('capacity-shrunk'), 'It is being stopped because node n1 no longer has enough capacity.');
  t.equal(
    whyAllocation(
      log(
        ['AllocationPlaced'],
        ['JobStopped'],
        ['AllocationStopRequested', { reason: 'job-stopped' }],
        ['AllocationReleased', { outcome: 'stopped' }],
      ),
      undefined,
    ).sentence,
    'It was stopped because its job was stopped by account ann.',
  );
});

const reason = { unplaced: 2, nodes: 3, filtered: {}, exhausted: {}, short: {} };
const blocked = (given: object): Given => [
  'EvaluationBlocked',
  { reasons: { web: { ...reason, ...given } } },
];

void t.test('the explanation of a job states why it is waiting', async (t) => {
  const wait = (given: object) => whyJob(log(['JobSubmitted'], blocked(given))).sentence;
  t.equal(
    wait({ exhausted: { cpu: 2 }, short: { cpu: 500 }, filtered: { unschedulable: 1 } }),
    'It is waiting: 2 instances of group web cannot be placed: 2 of 3 nodes lack cpu (short by at least 500), 1 of 3 nodes is ruled out by its state (down, draining, ineligible or not admitted yet) (as of 2026-11-27T14:01:00.000Z).',
  );
  t.equal(
    wait({ unplaced: 1, nodes: 0 }),
    'It is waiting: 1 instance of group web cannot be placed because no node is registered (as of 2026-11-27T14:01:00.000Z).',
  );
  t.match(
    wait({ exhausted: { 'lost allocations': 1 } }),
    /1 of 3 nodes must first report the end of lost allocations/,
  );
  t.match(
    wait({ exhausted: { 'reserved for earlier work': 3 } }),
    /3 of 3 nodes are reserved for a job that has waited longer or has a higher priority/,
  );
  t.match(
    wait({ quota: { quota: 'cpu', of: 'tenant', holder: 't', limit: 100, used: 90 } }),
    /^It is waiting: 2 instances of group web would exceed a quota: ./,
  );
  t.equal(whyJob(log(['JobSubmitted'])).sentence, 'It is waiting: the scheduler has not evaluated it yet.');
  t.strictSame(
    whyJob(
      log(['JobSubmitted'], blocked({ exhausted: { cpu: 1 } })),
      undefined,
      [{ group: 'web', reason, survey: repeated.placement.survey! }],
      'n4',
    ).evidence,
    ['Group web: Node n4 lacked cpu (short by 300) and port 80 (short by 1).'],
  );
});

void t.test('the explanation of a job states why it is running, was rolled back or has ended', async (t) => {
  const why = (...events: readonly Given[]): string =>
    whyJob(log(['JobSubmitted'], ...events), { status: 'running', slots: {} }).sentence;
  t.equal(
    why(blocked({ exhausted: { cpu: 3 } }), ['AllocationPlaced'], ['EvaluationCompleted']),
    'It is running because job hello was submitted by account ann, and all its instances have been placed.',
  );
  t.equal(
    why(
      ['JobUpdated'],
      [
        'JobDeploymentSettled',
        { version: 1, outcome: 'failed', reason: { code: 'deadline', message: 'no progress in 600 s' } },
      ],
      ['JobUpdated', { from: 0 }, 'saga:deployments'],
      ['EvaluationCompleted'],
    ),
    'It was rolled back to version 0 because the rollout of version 1 failed (no progress in 600 s).',
  );
  t.equal(why(['JobFinished', { outcome: 'complete' }]), 'It has ended: all its allocations completed.');
  t.equal(
    why(['JobFinished', { outcome: 'failed' }]),
    'It has ended: at least one allocation failed permanently.',
  );
  t.match(
    whyJob(
      log(
        ['NodeDrainStarted'],
        ['AllocationStopRequested', { reason: 'drain' }, 'saga:scheduler'],
        ['AllocationFailed', { allocationId: 'am', nodeId: 'n2', message: 'exited with code 3' }, 'node:n2'],
        ['JobFinished', { outcome: 'failed' }, 'saga:scheduler'],
      ),
    ),
    {
      sentence: 'It has ended: allocation am failed on node n2: exited with code 3.',
      evidence: [
        'Allocation al was stopped on node n1 because node n1 is draining, which account ann requested.',
      ],
    },
  );
  t.equal(why(['JobStopped']), 'It is being stopped because job hello was stopped by account ann.');
  t.equal(
    why(['JobStopped'], ['JobFinished', { outcome: 'stopped' }]),
    'It has ended: job hello was stopped by account ann.',
  );
});

void t.test('the explanation of a node states why it accepts no placements', async (t) => {
  const why = (...events: readonly Given[]): string =>
    whyNode(log(['NodeRegistered', { healthy: true }], ...events)).sentence;
  t.equal(why(), 'It accepts placements.');
  t.equal(
    why(['NodeWentDown', { reason: 'silent' }]),
    'It does not accept placements because node n1 went down: silent.',
  );
  t.equal(why(['NodeWentDown', { reason: 'silent' }], ['NodeCameBack']), 'It accepts placements.');
  t.equal(
    why(['NodeDrainStarted'], ['NodeEligibilitySet', { eligible: false }]),
    'It does not accept placements because it is draining, which account ann requested, and it was set ineligible by account ann.',
  );
  t.equal(why(['NodeDrainStarted'], ['NodeDrainEnded']), 'It accepts placements.');
  t.equal(
    why(['NodeHeartbeatReceived', { healthy: false }]),
    'It does not accept placements because it reported that it is unhealthy.',
  );
});

void t.test('the explanation states why a schedule slot did not run, and how a run ended', async (t) => {
  const slot = (reason: string): string =>
    whyRun(log(['TaskSlotDecided', { taskId: 7, slot: 0, decision: 'skipped', reason }]), undefined).sentence;
  t.equal(slot('paused'), 'The slot did not run because the task was paused.');
  t.equal(
    slot('forbidden'),
    'The slot did not run because another run was still active, and the overlap policy of the task forbids a second one.',
  );
  for (const each of ['disabled', 'missed', 'too_many', 'not_permitted', 'no_environment', 'over_quota'])
    t.notMatch(slot(each), /_/, each);
  const run = (...events: readonly Given[]): string => whyRun(log(...events), undefined).sentence;
  t.equal(run(['TaskRunEnded', { taskId: 7, run: 3, outcome: 'success' }]), 'It succeeded.');
  t.equal(
    run(['TaskRunEnded', { taskId: 7, run: 3, outcome: 'timeout' }]),
    'It ended because it exceeded its time limit.',
  );
  t.equal(
    run(['TaskRunsCancelled', { taskId: 7, runs: [3], reason: 'replaced' }, 'saga:tasks']),
    'It was cancelled by Muster (tasks): a newer run replaced it.',
  );
  const job = { sentence: 'It waits: no node.', evidence: ['One.'] };
  t.strictSame(whyRun(log(['TaskTriggered', { taskId: 7, run: 3 }]), job), {
    sentence: 'It waits: no node.',
    evidence: ['One.'],
  });
});

void t.test('claims, services and requests are explained', async (t) => {
  t.equal(
    whyClaim(log(['GpuClaimed', { claimId: 'c', gpuCount: 1 }], ['GpuReleased', { claimId: 'c' }]), undefined)
      .sentence,
    'It ended because account ann released it.',
  );
  t.equal(
    whyClaim(log(['GpuClaimEnded', { claimId: 'c', outcome: 'failed' }]), undefined).sentence,
    'It ended: its program failed.',
  );
  const failed = {
    number: 2,
    outcome: 'failed',
    reason: { code: 'failed', message: 'exit 1' },
    revertedBy: 3,
  };
  t.equal(
    whyService(
      log(
        ['DeploymentSettled', failed],
        ['DeploymentRequested', { number: 3, version: 1, because: 'reverted' }],
      ),
      undefined,
    ).sentence,
    'It was rolled back to version 1 because deployment 2 failed (exit 1); deployment 3 rolls it back.',
  );
  t.equal(
    whyService(log(['ServiceStopRequested']), undefined).sentence,
    'It is stopped because account ann stopped it.',
  );
  t.equal(
    whyService(
      log([
        'DeploymentSettled',
        { number: 1, outcome: 'completed', reason: { code: 'healthy', message: '' } },
      ]),
      undefined,
      'running',
    ).sentence,
    'It is serving because deployment 1 completed.',
  );
  t.equal(
    whyRequest(log(['JobSubmitted'], ['AllocationPlaced'])).sentence,
    'It came from account ann, and had 2 effects: job hello was submitted, and its consequences.',
  );
  t.equal(
    whyRequest(log(['JobSubmitted'])).sentence,
    'It came from account ann, and had 1 effect: job hello was submitted.',
  );
});
