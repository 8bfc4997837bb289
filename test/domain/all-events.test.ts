import t from 'tap';
import { claimErrors } from '#domain/gpu/claim/index.js';
import { declareErrors, ERRORS, isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { ALL_ERRORS, EVENT_CATALOG } from '#domain/all-events.js';

void t.test(
  'an error declared by a surface behaves like a shared error, and is recognized by its code',
  (t) => {
    const { MUSTER_E_TEST } = declareErrors({
      MUSTER_E_TEST: { status: 418, template: 'a {what}', hint: 'Wait.' },
    });
    const error = new MusterError(MUSTER_E_TEST, { what: 'teapot' });
    t.match(error, { code: 'MUSTER_E_TEST', status: 418, message: 'a teapot', hint: 'Wait.' });
    t.ok(isMusterError(error, MUSTER_E_TEST));
    t.notOk(isMusterError(error, 'MUSTER_E_INVALID'));
    t.end();
  },
);

void t.test('errors of aggregates are listed with the shared errors, and every code is unique', (t) => {
  t.match(ALL_ERRORS.get('MUSTER_E_GPU_QUOTA'), { status: 403, code: 'MUSTER_E_GPU_QUOTA' });
  t.match(ALL_ERRORS.get('MUSTER_E_INVALID'), { status: 400, code: 'MUSTER_E_INVALID' });
  for (const code of Object.keys(claimErrors)) t.notOk(Object.hasOwn(ERRORS, code), code);
  t.end();
});

/** Accepted on a full disk. A type that is missing here cannot end work there; one too many can use up the reserve. */
const ENDING = [
  'AllocationCompleted',
  'AllocationFailed',
  'AllocationLost',
  'AllocationReleased',
  'AllocationStopRequested',
  'AllocationStopped',
  'ApiKeyRevoked',
  'EnvironmentBuildCancelled',
  'EnvironmentDeleted',
  'EvaluationBlocked',
  'EvaluationCompleted',
  'ExecutionRevoked',
  'GpuClaimEnded',
  'GpuReleased',
  'JobDeleted',
  'JobFinished',
  'JobStopped',
  'LeaseReleased',
  'LeaseRenewed',
  'LeaseTaken',
  'NodeCapacitySet',
  'NodeDrainStarted',
  'NodeEligibilitySet',
  'NodeRemoved',
  'NodeSecretRevoked',
  'ServiceDeleted',
  'ServiceStopRequested',
  'SessionRevoked',
  'TaskCommandEnded',
  'TaskDeleted',
  'TaskExited',
  'TaskNameReleased',
  'TaskRunEnded',
  'TaskRunsCancelled',
  'TaskRunsDropped',
  'TaskStatusSet',
  'UserDeactivated',
  'VolumeCopyEnded',
  'VolumeDeleteAsked',
  'VolumeDeleted',
  'VolumeDropped',
  'VolumeLeft',
];
const FAILURES = {
  always: ['EnvironmentBuildFailed', 'NodeWentDown', 'ServiceFailed', 'TaskRunRetried'],
  'by outcome': [
    'AllocationReleased',
    'DeploymentSettled',
    'GpuClaimEnded',
    'JobDeploymentSettled',
    'TaskNoticeEnded',
    'TaskRunEnded',
  ],
};

void t.test('marks exactly these events as ending work, and as failures', (t) => {
  t.strictSame([...EVENT_CATALOG.ending].sort(), ENDING);
  const marked = (failure: string): string[] =>
    Object.entries<{ readonly failure?: string }>(EVENT_CATALOG.events)
      .filter(([, definition]) => definition.failure === failure)
      .map(([type]) => type)
      .sort();
  for (const [failure, types] of Object.entries(FAILURES)) t.strictSame(marked(failure), types, failure);
  t.end();
});
