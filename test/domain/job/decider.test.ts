import t from 'tap';
import type { Recorded } from '#domain/event/index.js';
import { jobDecider, type JobCommand, type JobState } from '#domain/job/decider.js';
import type { JobEvent } from '#domain/job/events.js';
import type { JobSpecification } from '#domain/job/specification.js';

const specification: JobSpecification = { task_groups: [{ name: 'web', tasks: [{ name: 'serve', driver: 'exec', config: { command: 'sleep 1' } }] }] };
const changed: JobSpecification = { ...specification, priority: 70 };
const jobId = 'j1';

const submitted: JobEvent = { type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification } };
const stopped: JobEvent = { type: 'JobStopped', data: { jobId, evaluationId: 'e1' } };
const deleted: JobEvent = { type: 'JobDeleted', data: { jobId, evaluationId: 'e1' } };

/** Folds what was given, decides, and says what then happened. */
function given(...events: readonly JobEvent[]) {
  const state = events.reduce<JobState>(
    (folded, event, revision) => jobDecider.evolve(folded, recorded(event, revision)),
    jobDecider.initialState,
  );
  return { state, when: (command: JobCommand) => jobDecider.decide(command, state) };
}

function recorded(event: JobEvent, revision: number): Recorded<JobEvent> {
  const metadata = { $correlationId: 'c', $causationId: 'c', at: 1000 + revision, v: 1 };
  return { ...event, id: `id-${revision}`, stream: `job-${jobId}`, revision, position: BigInt(revision), metadata };
}

const submit: JobCommand = { kind: 'submit', jobId, evaluationId: 'e9', specification: changed };
const update: JobCommand = { kind: 'update', jobId, evaluationId: 'e9', specification: changed };
const stop: JobCommand = { kind: 'stop', jobId, evaluationId: 'e9' };
const restart: JobCommand = { kind: 'restart', jobId, evaluationId: 'e9' };
const remove: JobCommand = { kind: 'delete', jobId, evaluationId: 'e9' };

void t.test('submitting a job that is not there begins it', async (t) => {
  t.same(given().when(submit), [{ type: 'JobSubmitted', data: { jobId, evaluationId: 'e9', specification: changed } }]);
});

void t.test('submitting a job that is there updates it', async (t) => {
  t.same(given(submitted).when(submit), [{ type: 'JobUpdated', data: { jobId, evaluationId: 'e9', specification: changed } }]);
});

void t.test('a job that its owner begins is begun once, and stays as it is when it is begun again', async (t) => {
  const owner = { surface: 'gpu', tenant: 't1', principal: 'u1' };
  const begin: JobCommand = { kind: 'begin', jobId, evaluationId: 'e9', specification: changed, owner };
  t.same(given().when(begin), [{ type: 'JobSubmitted', data: { jobId, evaluationId: 'e9', specification: changed, owner } }]);
  t.same(given(submitted).when(begin), []);
  t.same(given(submitted, stopped).when(begin), [], 'also when it was stopped meanwhile');
});

void t.test('a job that its owner had deleted is not begun again by one who is late', async (t) => {
  const begin: JobCommand = { kind: 'begin', jobId, evaluationId: 'e9', specification: changed, owner: { surface: 'gpu', tenant: 't1', principal: 'u1' } };
  t.same(given(submitted, deleted).when(begin), []);
});

void t.test('a change in place of what another evaluation asked is none where that is no longer so', async (t) => {
  t.equal(given(submitted).when({ ...update, instead: 'e0' })[0]?.type, 'JobUpdated');
  const newer: JobEvent = { type: 'JobUpdated', data: { jobId, evaluationId: 'e2', specification } };
  t.same(given(submitted, newer).when({ ...update, instead: 'e0' }), []);
  t.equal(given(submitted, stopped).when({ ...update, instead: 'e0' })[0]?.type, 'JobUpdated', 'a stop leaves what it is to be');
});

void t.test('a deleted job can be submitted again', async (t) => {
  t.equal(given(submitted, deleted).when(submit)[0]?.type, 'JobSubmitted');
});

void t.test('an unknown job cannot be updated, stopped, restarted or deleted', async (t) => {
  for (const command of [update, stop, restart, remove]) {
    t.throws(() => given().when(command), { code: 'MUSTER_E_JOB_NOT_FOUND', message: '作业不存在' }, command.kind);
    t.throws(() => given(submitted, deleted).when(command), { code: 'MUSTER_E_JOB_NOT_FOUND' }, `${command.kind} of a deleted one`);
  }
});

void t.test('updating a dead job starts it', async (t) => {
  const job = given(submitted, stopped);
  t.same(job.when(update), [{ type: 'JobUpdated', data: { jobId, evaluationId: 'e9', specification: changed } }]);
  t.match(given(submitted, stopped, { type: 'JobUpdated', data: { jobId, evaluationId: 'e9', specification: changed } }).state, {
    stopped: false,
    version: 2,
    specification: changed,
  });
});

void t.test('stopping a dead job is no event', async (t) => {
  t.same(given(submitted).when(stop), [{ type: 'JobStopped', data: { jobId, evaluationId: 'e9' } }]);
  t.same(given(submitted, stopped).when(stop), []);
});

void t.test('a dead job restarts with the specification that it had', async (t) => {
  t.same(given(submitted, stopped).when(restart), [{ type: 'JobRestarted', data: { jobId, evaluationId: 'e9', specification } }]);
});

void t.test('a job that ended by itself restarts when its present version is the one that ended', async (t) => {
  t.equal(given(submitted).when({ ...restart, endedVersion: 0 })[0]?.type, 'JobRestarted');
  const updated = given(submitted, { type: 'JobUpdated', data: { jobId, evaluationId: 'e2', specification } });
  t.throws(() => updated.when({ ...restart, endedVersion: 0 }), { code: 'MUSTER_E_JOB_NOT_STOPPED', message: '只能重启已停止的作业' });
});

void t.test('a running job does not restart', async (t) => {
  t.throws(() => given(submitted).when(restart), { code: 'MUSTER_E_JOB_NOT_STOPPED' });
});

void t.test('a job keeps its owner', async (t) => {
  const owner = { surface: 'gpu', tenant: 't1', principal: 'user:1' };
  const owned = given({ type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification, owner } });
  t.match(owned.when(update)[0]?.data, { owner });
});

void t.test('what follows a clear in another process does no harm', async (t) => {
  t.equal(given(stopped).state.kind, 'absent');
  t.equal(given({ type: 'JobUpdated', data: { jobId, evaluationId: 'e2', specification } }).state.kind, 'absent');
});
