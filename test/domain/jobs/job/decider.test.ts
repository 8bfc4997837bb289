import t from 'tap';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobArchive } from '#domain/jobs/job/archive.js';
import { endedJobId, jobIdOf, type JobCommand } from '#domain/jobs/job/commands.js';
import type { JobEvent, JobOwner } from '#domain/jobs/job/events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { specify } from '../../kernel/event/decider-specification.js';

const specification: JobSpecification = {
  task_groups: [{ name: 'web', tasks: [{ name: 'serve', driver: 'exec', config: { command: 'sleep 1' } }] }],
};
const changed: JobSpecification = { ...specification, priority: 70 };
const jobId = 'j1';

const submitted: JobEvent = { type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification } };
const stopped: JobEvent = { type: 'JobStopped', data: { jobId, evaluationId: 'e1' } };
const deleted: JobEvent = { type: 'JobDeleted', data: { jobId, evaluationId: 'e1' } };
const ended: JobArchive = { jobId, version: 0, status: 'failed', endedAt: 5, allocations: [], leftOut: 0 };
const archived = (archive = ended): JobEvent => ({ type: 'JobArchived', data: archive });

const { given } = specify(jobs);

const submit: JobCommand = { kind: 'submit', jobId, evaluationId: 'e9', specification: changed };
const update: JobCommand = { kind: 'update', jobId, evaluationId: 'e9', specification: changed };
const stop: JobCommand = { kind: 'stop', jobId, evaluationId: 'e9' };
const restart: JobCommand = { kind: 'restart', jobId, evaluationId: 'e9' };
const remove: JobCommand = { kind: 'delete', jobId, evaluationId: 'e9' };
const owner: JobOwner = { surface: 'gpu', tenant: 't1', principal: 'u1' };
const archive = (over: Partial<JobArchive> = {}): JobCommand => ({
  kind: 'archive',
  archive: { ...ended, ...over },
});

void t.test('submitting an unknown job creates it', async (t) => {
  given()
    .when(submit)
    .then(t, { type: 'JobSubmitted', data: { jobId, evaluationId: 'e9', specification: changed } });
});

void t.test('submitting an existing job updates it', async (t) => {
  given(submitted)
    .when(submit)
    .then(t, { type: 'JobUpdated', data: { jobId, evaluationId: 'e9', specification: changed } });
});

void t.test('a job whose stream is lost is ended in another one, once', async (t) => {
  const end = { kind: 'endWithoutStream', jobId, evaluationId: 'e9' } as const;
  const stopIt: JobCommand = { ...end, as: 'stop' };
  const deleteIt: JobCommand = { ...end, as: 'delete' };
  const data = { jobId, evaluationId: 'e9' };
  given().when(stopIt).then(t, { type: 'JobStopped', data });
  given(stopped).when(stopIt).then(t);
  given(stopped).when(deleteIt).then(t, { type: 'JobDeleted', data });
  given(stopped, deleted).when(deleteIt).then(t);
  given(stopped, deleted).when(stopIt).then(t);
  t.equal(jobIdOf(endedJobId(jobId, 7)), jobId);
  t.equal(jobIdOf(jobId), jobId);
});

void t.test('an owner creates its job once, and starting the job again changes nothing', async (t) => {
  const owner = { surface: 'gpu', tenant: 't1', principal: 'u1' };
  const begin: JobCommand = { kind: 'begin', jobId, evaluationId: 'e9', specification: changed, owner };
  given()
    .when(begin)
    .then(t, { type: 'JobSubmitted', data: { jobId, evaluationId: 'e9', specification: changed, owner } });
  given(submitted).when(begin).then(t);
  given(submitted, stopped).when(begin).then(t); // A stop makes no difference.
});

void t.test('a late start does not recreate a job that its owner has deleted', async (t) => {
  const begin: JobCommand = {
    kind: 'begin',
    jobId,
    evaluationId: 'e9',
    specification: changed,
    owner: { surface: 'gpu', tenant: 't1', principal: 'u1' },
  };
  given(submitted, deleted).when(begin).then(t);
});

void t.test(
  'an update is dropped if the evaluation that it is meant to replace is no longer current',
  async (t) => {
    given(submitted)
      .when({ ...update, instead: 'e0' })
      .thenTypes(t, 'JobUpdated');
    const newer: JobEvent = { type: 'JobUpdated', data: { jobId, evaluationId: 'e2', specification } };
    given(submitted, newer)
      .when({ ...update, instead: 'e0' })
      .then(t);
    given(submitted, stopped)
      .when({ ...update, instead: 'e0' })
      .thenTypes(t, 'JobUpdated'); // A stop keeps the specification.
  },
);

void t.test('an update that requires a running job is dropped if the job was stopped', async (t) => {
  given(submitted)
    .when({ ...update, instead: 'e0', unlessStopped: true })
    .thenTypes(t, 'JobUpdated');
  given(submitted, stopped)
    .when({ ...update, instead: 'e0', unlessStopped: true })
    .then(t);
});

void t.test('a deleted job can be submitted again', async (t) => {
  given(submitted, deleted).when(submit).thenTypes(t, 'JobSubmitted');
});

void t.test('an unknown job cannot be updated, stopped, restarted or deleted', async (t) => {
  for (const command of [update, stop, restart, remove]) {
    given().when(command).refused(t, 'MUSTER_E_JOB_NOT_FOUND', '作业不存在');
    given(submitted, deleted).when(command).refused(t, 'MUSTER_E_JOB_NOT_FOUND');
  }
});

void t.test('updating a dead job starts it', async (t) => {
  const updated: JobEvent = {
    type: 'JobUpdated',
    data: { jobId, evaluationId: 'e9', specification: changed },
  };
  given(submitted, stopped).when(update).then(t, updated);
  t.match(given(submitted, stopped, updated).state, { stopped: false, version: 2, specification: changed });
});

void t.test('stopping a dead job records no event', async (t) => {
  given(submitted)
    .when(stop)
    .then(t, { type: 'JobStopped', data: { jobId, evaluationId: 'e9' } });
  given(submitted, stopped).when(stop).then(t);
});

void t.test('a dead job restarts with its last specification', async (t) => {
  given(submitted, stopped)
    .when(restart)
    .then(t, { type: 'JobRestarted', data: { jobId, evaluationId: 'e9', specification } });
});

void t.test(
  'a job that ended on its own can be restarted if its current version is the one that ended',
  async (t) => {
    given(submitted)
      .when({ ...restart, endedVersion: 0 })
      .thenTypes(t, 'JobRestarted');
    const updated = given(submitted, {
      type: 'JobUpdated',
      data: { jobId, evaluationId: 'e2', specification },
    });
    updated
      .when({ ...restart, endedVersion: 0 })
      .refused(t, 'MUSTER_E_JOB_NOT_STOPPED', '只能重启已停止的作业');
  },
);

void t.test('a running job cannot be restarted', async (t) => {
  given(submitted).when(restart).refused(t, 'MUSTER_E_JOB_NOT_STOPPED');
});

void t.test('a job keeps its owner when it is updated', async (t) => {
  const owner = { surface: 'gpu', tenant: 't1', principal: 'user:1' };
  given({ type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification, owner } })
    .when(update)
    .then(t, { type: 'JobUpdated', data: { jobId, evaluationId: 'e9', specification: changed, owner } });
});

void t.test('an event that arrives after a clear of the cluster does not recreate the job', async (t) => {
  t.equal(given(stopped).state.kind, 'absent');
  t.equal(
    given({ type: 'JobUpdated', data: { jobId, evaluationId: 'e2', specification } }).state.kind,
    'absent',
  );
});

void t.test('a job is archived only if its current version is the one that ended', async (t) => {
  given(submitted).when(archive()).then(t, archived());
  const updated: JobEvent = { type: 'JobUpdated', data: { jobId, evaluationId: 'e2', specification } };
  given(submitted, updated).when(archive()).then(t); // Another version has begun in the meantime.
  given(submitted, updated)
    .when(archive({ version: 1 }))
    .then(t, archived({ ...ended, version: 1 }));
  given(submitted, stopped)
    .when(archive({ status: 'dead' }))
    .then(t, archived({ ...ended, status: 'dead' }));
  given(submitted, stopped).when(archive()).then(t); // The job was stopped in the meantime.
  for (const gone of [[], [submitted, deleted], [submitted, archived()]])
    given(...gone)
      .when(archive())
      .then(t);
});

void t.test('an archived job retains its specification, owner, outcome and archiving time', async (t) => {
  const of = given(
    { type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification, owner } },
    archived(),
  );
  t.same(of.state, {
    kind: 'archived',
    first: 0,
    asked: 'e0',
    specification,
    owner,
    archive: ended,
    at: 1001,
  });
});

void t.test(
  'an archived job cannot be stopped, restarted or updated, and the error states that it is archived',
  async (t) => {
    for (const command of [stop, { ...restart, endedVersion: 0 }, update]) {
      given(submitted, archived())
        .when(command)
        .refused(t, 'MUSTER_E_JOB_ARCHIVED', 'job j1 ended long ago and is archived');
    }
  },
);

void t.test('a submission with the id of an archived job starts a new job', async (t) => {
  given(submitted, archived())
    .when(submit)
    .then(t, { type: 'JobSubmitted', data: { jobId, evaluationId: 'e9', specification: changed } });
  const anew = given(
    { type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification, owner } },
    archived(),
    submitted,
  );
  t.same(
    anew.state,
    { kind: 'present', version: 2, first: 2, asked: 'e0', specification, stopped: false },
    'the new job inherits nothing from the archived one',
  );
});

void t.test('an archived job can be deleted, and its id can then be used again', async (t) => {
  given(submitted, archived())
    .when(remove)
    .then(t, { type: 'JobDeleted', data: { jobId, evaluationId: 'e9' } });
  t.same(given(submitted, archived(), deleted).state, { kind: 'absent', deleted: true });
});

void t.test('an update by the owner of an archived job starts the job again, once', async (t) => {
  const owned = given(
    { type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification, owner } },
    archived(),
  );
  const begun: JobEvent = {
    type: 'JobSubmitted',
    data: { jobId, evaluationId: 'e9', specification: changed, owner },
  };
  owned.when({ kind: 'begin', jobId, evaluationId: 'e9', specification: changed, owner }).then(t); // The owner has already started the job.
  owned.when(update).then(t, begun);
  owned.when({ ...update, instead: 'e0' }).then(t, begun);
  owned.when({ ...update, instead: 'another' }).then(t); // The evaluation is not the expected one.
});

void t.test('an event that arrives after a clear of the cluster does not archive the job', async (t) => {
  t.equal(given(archived()).state.kind, 'absent');
});

void t.test('a revert creates a new version with the old specification', async (t) => {
  const updated: JobEvent = {
    type: 'JobUpdated',
    data: { jobId, evaluationId: 'e2', specification: changed },
  };
  const revert: JobCommand = { kind: 'revert', jobId, evaluationId: 'e9', version: 0, former: specification };
  given(submitted, updated)
    .when(revert)
    .then(t, { type: 'JobUpdated', data: { jobId, evaluationId: 'e9', specification, from: 0 } });
  given({ type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification, owner } }, updated, stopped)
    .when(revert)
    .thenTypes(t, 'JobUpdated'); // A revert starts a dead job.
});

void t.test(
  'a job cannot revert to its current version, an unknown one, or one from before its deletion',
  async (t) => {
    const revert = (version: number, former?: JobSpecification): JobCommand => ({
      kind: 'revert',
      jobId,
      evaluationId: 'e9',
      version,
      former,
    });
    given(submitted).when(revert(0, specification)).refused(t, 'MUSTER_E_JOB_VERSION_PRESENT');
    given(submitted).when(revert(7)).refused(t, 'MUSTER_E_JOB_VERSION_NOT_FOUND');
    given(submitted, deleted, submitted)
      .when(revert(0, specification))
      .refused(t, 'MUSTER_E_JOB_VERSION_NOT_FOUND');
    given().when(revert(0, specification)).refused(t, 'MUSTER_E_JOB_NOT_FOUND');
    given(submitted, archived()).when(revert(0, specification)).refused(t, 'MUSTER_E_JOB_ARCHIVED');
  },
);

void t.test('scaling changes only the count of one group of the current version', async (t) => {
  const web = specification.task_groups[0]!;
  const groups = (count?: number): JobSpecification => ({
    ...changed,
    task_groups: [
      { ...web, ...(count !== undefined && { count }) },
      { ...web, name: 'other' },
    ],
  });
  const scale = (count: number, group?: string): JobCommand => ({
    kind: 'scale',
    jobId,
    evaluationId: 'e9',
    count,
    ...(group !== undefined && { group }),
  });
  const event = (specification: JobSpecification): JobEvent => ({
    type: 'JobUpdated',
    data: { jobId, evaluationId: 'e9', specification },
  });
  const updated: JobEvent = {
    type: 'JobUpdated',
    data: { jobId, evaluationId: 'e2', specification: groups() },
  };
  given(submitted, updated)
    .when(scale(3, 'web'))
    .then(t, event(groups(3)));
  given(submitted)
    .when(scale(0))
    .then(t, event({ task_groups: [{ ...web, count: 0 }] }));
  given(submitted, stopped).when(scale(2)).thenTypes(t, 'JobUpdated'); // A dead job is started.
  given(submitted)
    .when({ ...scale(3), completeVersion: 0 } as JobCommand)
    .then(t, {
      type: 'JobUpdated',
      data: {
        jobId,
        evaluationId: 'e9',
        specification: { task_groups: [{ ...web, count: 3 }] },
        completed: { web: 1 },
      },
    });
  given(submitted, updated)
    .when(scale(3))
    .refused(t, 'MUSTER_E_INVALID', 'group: is required, because the job has several: web, other');
  given(submitted, updated)
    .when(scale(3, 'wep'))
    .refused(t, 'MUSTER_E_INVALID', 'group: must be one of web, other');
  given(submitted, updated)
    .when(scale(10_000, 'web'))
    .refused(t, 'MUSTER_E_INVALID', 'count: at most 10000 allocations per job');
  given().when(scale(1)).refused(t, 'MUSTER_E_JOB_NOT_FOUND');
  given(submitted, archived()).when(scale(1)).refused(t, 'MUSTER_E_JOB_ARCHIVED');
});

void t.test('scaling keeps groups that write to a volume at one allocation', async (t) => {
  const writes: JobSpecification = {
    task_groups: [
      {
        name: 'db',
        tasks: [
          {
            name: 'serve',
            driver: 'docker',
            config: { image: 'db:1' },
            volumes: [{ name: 'data', path: '/data' }],
          },
        ],
      },
    ],
  };
  given({ type: 'JobSubmitted', data: { jobId, evaluationId: 'e0', specification: writes } })
    .when({ kind: 'scale', jobId, evaluationId: 'e9', count: 2 })
    .refused(t, 'MUSTER_E_INVALID', 'count: must be at most 1 for a group that writes to a volume');
});

void t.test('an update of a complete job names the instances whose work is kept', async (t) => {
  const more = (count: number, command = 'sleep 1'): JobSpecification => ({
    task_groups: [{ name: 'web', count, tasks: [{ name: 'serve', driver: 'exec', config: { command } }] }],
  });
  const event = (specification: JobSpecification, completed?: Record<string, number>): JobEvent => ({
    type: 'JobUpdated',
    data: { jobId, evaluationId: 'e9', specification, ...(completed && { completed }) },
  });
  const asked = (specification: JobSpecification, completeVersion: number): JobCommand => ({
    kind: 'submit',
    jobId,
    evaluationId: 'e9',
    specification,
    completeVersion,
  });
  given(submitted)
    .when(asked(more(3), 0))
    .then(t, event(more(3), { web: 1 }));
  given(submitted)
    .when(asked(more(0), 0))
    .then(t, event(more(0), { web: 0 }));
  given(submitted)
    .when(asked(more(3, 'other'), 0))
    .then(t, event(more(3, 'other'), {}));
  given(submitted)
    .when(asked(more(3), 7))
    .then(t, event(more(3)));
  given(submitted, stopped)
    .when(asked(more(3), 0))
    .then(t, event(more(3)));
});

void t.test('an update of constraints names the groups that stay in place', async (t) => {
  const bound = (zone: string, command = 'serve'): JobSpecification => ({
    task_groups: [{ name: 'web', count: 1, tasks: [{ name: 'main', driver: 'exec', config: { command } }] }],
    constraints: { zone },
  });
  const submitted: JobEvent = {
    type: 'JobSubmitted',
    data: { jobId, evaluationId: 'e1', specification: bound('eu') },
  };
  const update = (specification: JobSpecification, fulfilled: readonly string[]): JobCommand => ({
    kind: 'update',
    jobId,
    evaluationId: 'e9',
    specification,
    fulfilled,
  });
  const event = (specification: JobSpecification, fulfilled?: string[]): JobEvent => ({
    type: 'JobUpdated',
    data: { jobId, evaluationId: 'e9', specification, ...(fulfilled && { fulfilled }) },
  });
  given(submitted)
    .when(update(bound('us'), ['web', 'other']))
    .then(t, event(bound('us'), ['web']));
  given(submitted)
    .when(update(bound('us'), []))
    .then(t, event(bound('us')));
  given(submitted)
    .when(update(bound('eu'), ['web']))
    .then(t, event(bound('eu')));
  given(submitted)
    .when(update(bound('us', 'other'), ['web']))
    .then(t, event(bound('us', 'other')));
  given(submitted, stopped)
    .when(update(bound('us'), ['web']))
    .then(t, event(bound('us')));
});
