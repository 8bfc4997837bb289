import t from 'tap';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { COPIES_VOLUMES } from '#domain/kernel/resources.js';
import { noAgents } from '../../../http/support/test-api.js';
import { servicesScene } from './scene.js';
import { nodeDown, nodeUp, placedOn, STORING, volumeOf, volumesSettled } from './volume-scene.js';

const capable = {
  ...nodeUp,
  data: { ...nodeUp.data, attributes: { [COPIES_VOLUMES]: true } },
} as typeof nodeUp;

void t.test(
  'refuses copies to those who may not change the volume, and says why one is not possible',
  async (t) => {
    let opened: unknown = { kind: 'refused', status: 409, message: 'the command was not run: it is in use' };
    const ends = [{ stdout: 'aGVsbG8=' }, { exit_code: 0 }];
    const command = (async (_agent, operation, input) => {
      if (operation === 'copyVolume') return opened;
      if (operation !== 'nextCommandOutput') return { kind: 'done', answer: { message: '' } };
      const { chunk } = input as unknown as { chunk: number };
      return { kind: 'done', answer: { chunk, output: [ends[chunk]] } };
    }) as AgentChannel['command'];
    const { api, as, service } = await servicesScene(t, {}, { agentChannel: { ...noAgents, command } });
    await api.happened(nodeUp);
    const id = await service('database', STORING);
    await volumesSettled(api);
    await api.happened(placedOn(id));
    const volume = volumeOf(id);
    const copy = async (who: Parameters<typeof as>[0], kind = 'backup'): Promise<[number, string]> => {
      const { status, body } = await as(who, 'POST', `/volumes/${volume}/${kind}`);
      return [status, body];
    };
    const copies = async () =>
      (await api.events())
        .filter(({ type }) => type.startsWith('VolumeCopy'))
        .map(({ type, data }) => ({ type, data: JSON.parse(data) as object }));

    t.match(await copy('ann'), [409, /agent of node n1 has no Docker daemon now/]);
    t.match(await copy('eve'), [404, /Volume not found/]);
    t.match(await copy('bob', 'restore'), [403, /Insufficient permissions/]);
    t.same(await copies(), [], 'nothing is recorded of a copy that did not begin');
    await api.happened({ ...capable, data: { ...capable.data, epoch: 2 } } as typeof nodeUp);
    t.match(await copy('ann', 'restore'), [409, /was not copied: it is in use/]);
    t.match(await copies(), [
      { type: 'VolumeCopyStarted', data: { name: volume, kind: 'restore', node: 'n1' } },
      { type: 'VolumeCopyEnded', data: { outcome: 'unchanged', bytes: 0 } },
    ]);

    opened = { kind: 'done', answer: { message: 'started' } };
    const [status, body] = await copy('ann');
    t.equal(status, 200);
    t.match(
      body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
      [{ session: String }, ...ends],
    );
    t.match((await copies()).at(-1), { type: 'VolumeCopyEnded', data: { outcome: 'complete', bytes: 5 } });
    t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), {
      incomplete: false,
      last_copy: { kind: 'backup', outcome: 'complete', bytes: 5, problem: null },
    });

    ends[1] = { exit_code: 2 };
    t.equal((await copy('ann', 'restore'))[0], 200);
    t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), {
      incomplete: true,
      last_copy: { kind: 'restore', outcome: 'incomplete' },
    });
    await as('ann', 'POST', `/services/${id}/start`);
    t.match(await copy('ann'), [409, /service my database is not stopped/]);
    await as('ann', 'POST', `/services/${id}/stop`);
    await api.happened({ ...nodeDown, data: { ...nodeDown.data, epoch: 2 } } as typeof nodeDown);
    t.match(await copy('ann'), [502, /the node is down/]);
  },
);
