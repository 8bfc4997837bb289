import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { startAgent } from '../../fixtures/agent.js';
import type { Answer, Api } from '../../fixtures/api.js';
import { makeChannel, modulePackage, pythonPackage } from '../../fixtures/conda/channel.js';
import { condaTools } from '../../fixtures/conda/tools.js';
import { ownFolder } from '../../fixtures/folder.js';
import type { Scope } from '../../fixtures/scope.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';

/** Packages in the channel, not counting Python. */
export const MODULES = 60;
/** Files per package, and bytes per file. */
const [FILES, BYTES] = [20, 4_096];

export interface CondaScene {
  readonly server: Server;
  /** Creates an environment. Returns the milliseconds from the request to the response, which comes when it is ready. */
  make(name: string, body: object): Promise<number>;
  call<Body = unknown>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>>;
}

/** Starts a server, an agent that solves with rattler, and a channel of small packages over loopback HTTP. */
export async function condaScene(scope: Scope): Promise<CondaScene> {
  const tools = await condaTools();
  if (typeof tools === 'string') throw new Error(tools);
  const channel = await makeChannel(scope, tools.bin, [
    pythonPackage(),
    ...Array.from({ length: MODULES }, (_, index) => packageOf(index)),
  ]);
  const folder = ownFolder(scope);
  // Builds run as a different user, who must be able to enter the folder.
  chmodSync(folder, 0o711);
  const server = await startServer(scope, {
    dataDir: join(folder, 'server'),
    env: { MUSTER_LOG_LEVEL: 'warn', ...WITH_ADMINISTRATOR },
  });
  await startAgent(scope, server, {
    dataDir: join(folder, 'agent'),
    env: {
      PATH: `${tools.bin}:/usr/local/bin:/usr/bin:/bin`,
      MUSTER_CONDA_CHANNELS: channel.url,
      MUSTER_LOG_LEVEL: 'info',
    },
  });
  const { token } = await administrator(server);
  const call = callerOf(server.api, token);
  return {
    server,
    call,
    make: async (name, body) => {
      const began = performance.now();
      const answer = await call('POST', '/environment', { name, ...body });
      if (answer.status !== 201) throw new Error(`environment ${name} was not made: ${answer.text}`);
      return performance.now() - began;
    },
  };
}

/** Returns a client of the conda surface for the account of a token. */
export function callerOf(api: Api, token: string): CondaScene['call'] {
  const headers = { authorization: `Bearer ${token}` };
  return async <Body>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    await api.call<Body>(method, `/api/conda${path}`, body, { headers, timeout: 120_000 });
}

export function moduleName(index: number): string {
  return `module-${index % MODULES}`;
}

function packageOf(index: number) {
  const files = Array.from(
    { length: FILES },
    (_, file) =>
      [`site-packages/module_${index}/part_${file}.txt`, `${index} ${file} `.padEnd(BYTES, 'x')] as const,
  );
  return modulePackage(moduleName(index), { depends: ['python'], files: Object.fromEntries(files) });
}
