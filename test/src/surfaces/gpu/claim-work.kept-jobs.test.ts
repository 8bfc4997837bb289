import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { claimIdOf, jobIdOf } from '#domain/gpu/claim/index.js';
import { MAX_RETAINED_JOBS } from '#domain/work/index.js';
import { claimWork } from '#src/surfaces/gpu/claim-work.js';
import { WorkLoop } from '#src/fleet/owned-work/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { archived as ended, claimed, gpuReleased } from '../../../projections/events.js';
import { openTestApi } from '../../http/support/test-api.js';
import { gpuClaims } from '#projections/gpu/gpu-claims.js';
import { jobs } from '#projections/jobs/jobs.js';

/** Follows claims and counts events by type. */
async function following(t: Test) {
  const api = await openTestApi(t);
  const loop = new WorkLoop(claimWork, {
    executor: api.executor,
    eventStore: api.store,
    readModels: api.models,
    changes: api.projector,
    clock: systemClock,
    ids: { uuid: randomUUID },
    logger: { info: () => undefined, warn: () => undefined },
  });
  t.teardown(() => loop.stop());
  const types = async (type: string) =>
    (await api.events()).filter((each) => each.type === type).map(({ stream }) => stream);
  const count = async (type: string, wanted: number) =>
    await eventually(async () => (await types(type)).length === wanted, { what: `${wanted} ${type}` });
  return { api, loop, types, count };
}

void t.test("retains the jobs of an account's ten newest ended claims, and deletes older ones", async (t) => {
  const { api, loop, types, count } = await following(t);
  const ids = Array.from({ length: MAX_RETAINED_JOBS + 2 }, () => claimIdOf(randomUUID()));
  const other = claimIdOf(randomUUID());
  await api.happened(...ids.map((id) => claimed(id, 'u1')), claimed(other, 'u2'));
  await count('JobSubmitted', ids.length + 1);
  await api.happened(...ids.map((id) => gpuReleased(id, 'u1')), gpuReleased(other, 'u2'));
  await count('JobStopped', ids.length + 1);
  t.same(await types('JobDeleted'), [], 'jobs that have not ended are not deleted');
  await api.happened(
    ...[...ids, other].map(
      (id) =>
        ({ type: 'JobFinished', data: { jobId: jobIdOf(id), jobVersion: 0, outcome: 'stopped' } }) as const,
    ),
  );
  await count('JobDeleted', 2);
  t.same(
    (await types('JobDeleted')).sort(),
    ids
      .slice(0, 2)
      .map((id) => `job-${jobIdOf(id)}`)
      .sort(),
  );
  await api.models.waitFor((await api.events()).at(-1)?.position ?? 0n, 10_000);
  await eventually(() => loop.status().due === 0);
  t.equal(await api.models.count(jobs.name), MAX_RETAINED_JOBS + 1);
  t.equal(await api.models.count(gpuClaims.name), ids.length + 1, 'the claims themselves are retained');
});

void t.test('deletes archived jobs as well, and submits each job exactly once', async (t) => {
  const { api, loop, types, count } = await following(t);
  const ids = Array.from({ length: MAX_RETAINED_JOBS + 2 }, () => claimIdOf(randomUUID()));
  const kept = ids.slice(0, MAX_RETAINED_JOBS);
  const archived = kept.slice(0, 4).map(jobIdOf);
  const over = async (claims: readonly string[], sofar: number) => {
    await api.happened(...claims.map((id) => claimed(id, 'u1')));
    await count('JobSubmitted', sofar + claims.length);
    await api.happened(...claims.map((id) => gpuReleased(id, 'u1')));
    await count('JobStopped', sofar + claims.length);
    await api.happened(
      ...claims.map(
        (id) =>
          ({
            type: 'JobFinished',
            data: { jobId: jobIdOf(id), jobVersion: 0, outcome: 'stopped' },
          }) as const,
      ),
    );
  };
  await over(kept, 0);
  await api.happened(...archived.map((jobId) => ended(jobId, 0, 'dead')));
  await eventually(() => loop.status().due === 0);
  t.equal(await api.models.count(jobs.name), MAX_RETAINED_JOBS - archived.length);
  await over(ids.slice(MAX_RETAINED_JOBS), MAX_RETAINED_JOBS);
  await count('JobDeleted', 2);
  t.same(
    (await types('JobDeleted')).sort(),
    ids
      .slice(0, 2)
      .map((id) => `job-${jobIdOf(id)}`)
      .sort(),
  );
  await api.models.waitFor((await api.events()).at(-1)?.position ?? 0n, 10_000);
  await eventually(() => loop.status().due === 0);
  t.equal((await types('JobSubmitted')).length, ids.length, 'each job was submitted once');
});
