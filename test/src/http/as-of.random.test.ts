import fc from 'fast-check';
import t from 'tap';
import { jobIdOf, RUN_GROUP } from '#domain/tasks/task/index.js';
import type { RouteAccess } from '#src/http/access/table.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { collectAccess } from '../../generated/authorization.js';
import {
  cleared,
  exited,
  lost,
  place,
  placed,
  registered,
  released,
  started,
} from '../../projections/events.js';
import { everyObject } from './support/every-object.js';
import { openPastApi } from './support/past-api.js';
import { Replay } from './support/replay.js';
import { aJob } from './support/test-api.js';

t.setTimeout(300_000 * PATIENCE);

/** Number of commands in one sequence. */
const COMMANDS = 60;
/** Number of moments, among the commands, at which all routes are compared. */
const MOMENTS = 7;

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
const { create, ids, pathOf, headersOf, bearer, cookie } = await everyObject(api);
const replay = new Replay(api, { pathOf, headersOf }, routes);
await create();

type Command = readonly [method: string, path: string, body?: object];

const job = fc.constantFrom('hello', 'extra');
const number = fc.nat(3);
const [claim, service] = [ids['/api/gpu-claims'] ?? '', ids['/api/v1/services'] ?? ''];
const template = ids['template_id'] ?? '';

const request: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(job, number).map(([id, priority]): Command => ['POST', '/jobs', aJob({ job_id: id, priority })]),
  fc.tuple(job, number).map(([id, priority]): Command => ['PUT', `/jobs/${id}`, aJob({ priority })]),
  fc
    .tuple(job, fc.constantFrom('restart', 'delete'))
    .map(([id, what]): Command => ['POST', `/jobs/${id}/${what}`, {}]),
  job.map((id): Command => ['DELETE', `/jobs/${id}`]),
  fc
    .tuple(number, number)
    .map(([name, day]): Command => [
      'PUT',
      '/api/tasks/1',
      { name: `backup-${name}`, schedule: `0 4 ${day + 1} 1 *` },
    ]),
  fc.constantFrom<Command>(
    ['POST', '/api/tasks/1/trigger', {}],
    ['POST', '/api/tasks/1/runs/1/cancel', {}],
    ['POST', '/api/tasks/1/runs/1/rerun', {}],
    ['DELETE', '/api/secrets/password'],
    ['POST', '/api/gpu-claims', { spec: { image: 'busybox', resources: { gpuCount: 1 } } }],
    ['DELETE', `/api/gpu-claims/${claim}`],
    ['DELETE', `/templates/${template}`],
    ['DELETE', '/api/conda/environment/data'],
    ['POST', '/nodes/n1/drain', { enable: true }],
    ['POST', '/nodes/n1/drain', { enable: false }],
    ['POST', '/nodes/n1/eligibility', { eligible: false }],
  ),
  number.map((value): Command => ['PUT', '/api/secrets/password', { value: `value ${value}` }]),
  fc
    .constantFrom('start', 'stop', 'restart')
    .map((what): Command => ['POST', `/api/v1/services/${service}/${what}`, {}]),
  number.map((version): Command => [
    'PUT',
    `/api/v1/services/${service}`,
    { config: { image: `web:${version}`, ports: [80] } },
  ]),
  number.map((who): Command => [
    'POST',
    '/api/auth/register',
    { username: `user${who}`, password: 'password123' },
  ]),
);

const [own, ofRun] = [place('al', 'hello'), place('a1', jobIdOf(1, 1), 0, RUN_GROUP)];
/** What the scheduler and agents record. */
const recorded = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(own, ofRun, place('al2', 'hello', 1)) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const events = fc
  .tuple(recorded, fc.constantFrom('placed', 'started', 'exited', 'lost', 'released', 'joined'))
  .map(([at, what]) => {
    if (at === undefined) return cleared;
    switch (what) {
      case 'placed':
        return placed(at);
      case 'started':
        return started(at);
      case 'exited':
        return exited(at);
      case 'lost':
        return lost(at);
      case 'released':
        return released(at, 'failed');
      default:
        return registered('n2');
    }
  });

const step = fc.oneof(
  { weight: 3, arbitrary: request.map((command) => ({ command }) as const) },
  { weight: 1, arbitrary: events.map((event) => ({ event }) as const) },
);

void t.test('each GET as of a random moment of any commands returns what it returned then', async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.comment(`seed ${seed}`);
  const story = fc.record({
    steps: fc.array(step, { minLength: COMMANDS, maxLength: COMMANDS }),
    moments: fc.uniqueArray(fc.nat(COMMANDS - 1), { minLength: MOMENTS, maxLength: MOMENTS }),
  });
  const [{ steps, moments } = { steps: [], moments: [] }] = fc.sample(story, { numRuns: 1, seed });
  const refused = new Map<string, number>();
  let accepted = 0;
  for (const [index, each] of steps.entries()) {
    if ('event' in each) await api.happened(each.event);
    else {
      const [method, path, body] = each.command;
      const { status } = await api.say(method, path, body, path.startsWith('/api/conda') ? cookie : bearer);
      t.ok(status < 500, `${method} ${path}: ${status}`);
      if (status < 300) accepted += 1;
      else refused.set(`${method} ${path} ${status}`, (refused.get(`${method} ${path} ${status}`) ?? 0) + 1);
    }
    if (moments.includes(index)) await replay.look();
  }
  t.comment(`refused: ${JSON.stringify([...refused])}`);
  t.ok(accepted > COMMANDS / 10, `${accepted} commands took effect`);
  const { wrong, told } = await replay.compare();
  t.same(wrong.slice(0, 5), [], `seed ${seed}: ${wrong.length} answers differ`);
  t.ok(told.size > 60, `${told.size} routes were compared`);
});
