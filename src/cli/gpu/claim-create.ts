import { bodyOf } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson } from '../shared/output.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface ClaimCreateOptions extends RemoteOptions {
  readonly gpus: string;
  readonly command?: string;
  readonly arg?: readonly string[];
  readonly env?: readonly string[];
  readonly port?: readonly string[];
  readonly shmSize?: string;
}

export async function createClaim(
  image: string,
  { gpus, command, arg: args, env, port, shmSize, ...options }: ClaimCreateOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const spec = {
    image,
    resources: { gpuCount: wholeNumber(gpus, '--gpus') },
    ...(command !== undefined && { command }),
    ...(shmSize !== undefined && { shm_size: wholeNumber(shmSize, '--shm-size') }),
    ...(args !== undefined && { args: [...args] }),
    ...(port !== undefined && { ports: port.map((each) => wholeNumber(each, '--port')) }),
    ...(env !== undefined && { env: environmentOf(env) }),
  };
  const claim = await bodyOf(api.POST('/api/gpu-claims', { body: { spec } }));
  if (format === 'json') printJson(claim);
  else
    printFields([
      ['Claim', claim.id],
      ['Status', claim.status.phase],
    ]);
}

function environmentOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((each) => {
      const at = each.indexOf('=');
      if (at === 0) throw new Failure(`--env ${each}: the name before = is missing`);
      if (at > 0) return [each.slice(0, at), each.slice(at + 1)];
      const value = process.env[each];
      if (value === undefined) throw new Failure(`--env ${each}: not set in this environment`);
      return [each, value];
    }),
  );
}
