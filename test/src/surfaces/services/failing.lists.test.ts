import t, { type Test } from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { servicesScene } from './routes/scene.js';
import { nodeUp, placedOn, STORING, volumesSettled } from './routes/volume-scene.js';

const LISTS = ['services', 'volumes'] as const;

/** Creates a service of ann's with a volume, and read models whose lists fail after `times` complete reads. */
async function scene(t: Test) {
  const services = await servicesScene(t);
  const { api, service } = services;
  await api.happened(nodeUp);
  const id = await service('database', { ...STORING, environment: undefined });
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const { models } = api;
  const list = models.list.bind(models);
  const failing = (of: string, times: number, error: Error): (() => void) => {
    const broken: ReadModels['list'] = async function* (model, options) {
      if (model !== of) return yield* list(model, options);
      for (let time = 0; time < times; time += 1) yield* list(model, options);
      throw error;
    };
    Object.assign(models, { list: broken });
    return () => Object.assign(models, { list });
  };
  return { ...services, failing };
}

void t.test("responds 500 with the contract's message if a list fails, and 503 on overload", async (t) => {
  const { as, failing } = await scene(t);
  for (const list of LISTS) {
    for (const [error, status, said] of [
      [new Error('boom'), 500, { error: `Failed to list ${list}` }],
      [
        new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'x' }),
        500,
        { error: `Failed to list ${list}` },
      ],
      [new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model: list, problem: 'x' }), 503, {}],
      [new MusterError('MUSTER_E_OVERLOADED', { what: 'x' }), 503, {}],
    ] as const) {
      // Items read before the failure are in no response.
      for (const times of [0, 1]) {
        const whole = failing(list, times, error);
        const answer = await as('ann', 'GET', `/${list}`);
        t.equal(answer.status, status, `${list}: ${error.message}`);
        t.match(answer.json(), said);
        t.notOk(answer.body.includes('my database'));
        whole();
        t.match(
          (await as('ann', 'GET', `/${list}`)).json(),
          { total: 1 },
          'a later request returns the whole list',
        );
      }
    }
  }
});

void t.test('aborts a list that fails in the middle', async (t) => {
  const { api, failing } = await scene(t);
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const headers = bearer(await servicesLogin(api, 'ann'));
  const ask = async (list: string) => await fetch(`${address}/api/v1/${list}`, { headers });
  for (const list of LISTS) {
    const whole = failing(list, 1000, new Error('boom'));
    const broken = await ask(list);
    t.equal(broken.status, 200, 'the response has already started');
    await t.rejects(broken.text(), `the response of ${list} is aborted`);
    whole();
    t.match(await (await ask(list)).json(), { total: 1 });
  }
});
