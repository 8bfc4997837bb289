import type { Test } from 'tap';
import { COPIES_VOLUMES } from '#domain/kernel/resources.js';
import type { AgentChannel, CommandOutcome } from '#domain/protocol/agent-channel.js';
import type { AgentInput, CommandOutput } from '#domain/protocol/index.js';
import { noAgents } from '../../../http/support/test-api.js';
import { servicesScene } from './scene.js';
import { nodeUp, placedOn, STORING, volumeOf, volumesSettled } from './volume-scene.js';

/** What an agent does that copies volumes. */
export interface CopyingAgent {
  open?(input: AgentInput<'copyVolume'>): CommandOutcome<'copyVolume'>;
  output?(chunk: number): CommandOutput | undefined | Promise<CommandOutput | undefined>;
  input?(input: AgentInput<'commandInput'>): CommandOutcome<'commandInput'>;
}

export const refused = { kind: 'refused', status: 404, message: 'there is no such running command' } as const;
export const accepted = { kind: 'done', answer: { accepted: true } } as const;

export const text = (written: string): string => Buffer.from(written).toString('base64');

/** Opens the surface with a stopped service of ann's, whose volume is on a node with such an agent. */
export async function copyScene(t: Test, agent: CopyingAgent) {
  const closed: string[] = [];
  const command = (async (_agent, operation, input) => {
    if (operation === 'copyVolume')
      return agent.open?.(input as never) ?? { kind: 'done', answer: { message: 'started' } };
    if (operation === 'commandInput') return agent.input?.(input as never) ?? accepted;
    if (operation === 'closeCommand') closed.push((input as AgentInput<'closeCommand'>).session);
    if (operation !== 'nextCommandOutput') return { kind: 'done', answer: { message: '' } };
    const { chunk } = input as AgentInput<'nextCommandOutput'>;
    const output = await (agent.output?.(chunk) ?? { exit_code: 0 });
    return { kind: 'done', answer: { chunk, output: output === undefined ? [] : [output] } };
  }) as AgentChannel['command'];
  const scene = await servicesScene(t, {}, { agentChannel: { ...noAgents, command } });
  const { api, as, service } = scene;
  await api.happened({
    ...nodeUp,
    data: { ...nodeUp.data, attributes: { [COPIES_VOLUMES]: true } },
  } as never);
  const id = await service('database', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const volume = volumeOf(id);
  return {
    ...scene,
    closed,
    volume,
    path: `/volumes/${volume}`,
    shown: async () => {
      await api.caughtUp();
      return (await as('ann', 'GET', `/volumes/${volume}`)).json() as {
        readonly last_copy: { readonly outcome: string | null; readonly problem: string | null } | null;
      };
    },
  };
}
