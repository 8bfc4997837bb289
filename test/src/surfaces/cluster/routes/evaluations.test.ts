import t from 'tap';
import { blocked, evaluated, place, placed } from '../../../../projections/events.js';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say, happened } = await openTestApi(t);

void t.test('follows an evaluation from pending through blocked to complete', async (t) => {
  const { evaluation_id: id } = (await say('POST', '/jobs', aJob({ job_id: 'a' }))).json() as {
    evaluation_id: string;
  };
  t.match((await say('GET', `/evaluations/${id}`)).json(), {
    evaluation_id: id,
    job_id: 'a',
    status: 'pending',
    triggers: [],
    placed: [],
    placed_count: 0,
    reasons: null,
    created_at: Number,
    updated_at: Number,
  });
  await happened(blocked('a', id));
  t.match((await say('GET', `/evaluations/${id}`)).json(), {
    status: 'blocked',
    reasons: { web: { unplaced: 1 } },
  });
  await happened(placed(place('al', 'a'), 0, 0, id), evaluated('a', id));
  t.match((await say('GET', `/evaluations/${id}`)).json(), {
    status: 'complete',
    placed: ['al'],
    placed_count: 1,
    triggers: [{ kind: 'job-submitted', ref: id }],
    reasons: { web: { unplaced: 1 } },
  });
});

void t.test('keeps the reasons of an evaluation after its job was stopped', async (t) => {
  const { evaluation_id: id } = (await say('POST', '/jobs', aJob({ job_id: 'b' }))).json() as {
    evaluation_id: string;
  };
  await happened(blocked('b', id));
  t.equal((await say('DELETE', '/jobs/b')).status, 200);
  t.match((await say('GET', `/evaluations/${id}`)).json(), { reasons: { web: { unplaced: 1 } } });
});

void t.test('returns 404 for an unknown evaluation', async (t) => {
  for (const id of ['none', '%F0%9F%98%80', 'a%2Fb']) {
    const answer = await say('GET', `/evaluations/${id}`);
    t.equal(answer.status, 404);
    t.match(answer.json(), { error: /^evaluation not found: / });
  }
});
