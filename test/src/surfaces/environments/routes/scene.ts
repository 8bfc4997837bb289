import type { Test } from 'tap';
import type { Lock } from '#domain/drivers/conda/index.js';
import { environments, type BuildEnd } from '#domain/environments/environment/index.js';
import {
  environmentBuilds,
  type EnvironmentBuildDocument,
} from '#projections/environments/environment-builds.js';
import { cookieIn } from '../../../../fixtures/cookie.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { openTestApi, type Said, type TestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const PASSWORD = 'password123';
export const SHA = 'a'.repeat(64);
export const lockOf = (packages: Readonly<Record<string, string>>): Lock => ({
  version: 1,
  platform: 'linux-64',
  python: '3.11.9',
  channels: ['https://c.example/forge'],
  pip: [],
  packages: Object.entries(packages).map(([name, version]) => ({
    name,
    version,
    build: '0',
    channel: 0,
    subdir: 'noarch',
    sha256: SHA,
    size: 1,
  })),
});
export const built = (packages: Readonly<Record<string, string>>): BuildEnd => ({
  outcome: 'built',
  backend: 'rattler',
  hash: SHA,
  lock: lockOf(packages),
  disk: 1_234_567_890,
  took: { solve: 1, build: 1 },
});

export interface Scene {
  readonly api: TestApi;
  /** Logs in and returns a function that sends requests. */
  as(
    username: string,
    more?: {
      readonly role?: 'admin' | 'tenant_admin' | 'user';
      readonly tenantId?: string;
      readonly execute?: boolean;
    },
  ): Promise<Ask>;
  /** Waits for a running build and ends it. */
  end(end: BuildEnd, seen?: { readonly worker: string; readonly resultAt: number }): Promise<void>;
}
/** Sends a request. Paths are relative to `/api/conda`, but `/tasks` is relative to `/api`. */
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Said>;

/** Opens the API without nodes, reachable from outside. The test ends builds. `environment` has the surface settings. */
export async function scene(t: Test, environment: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const api = await openTestApi(
    t,
    { settings: { testApiKey: 'test-key', joinToken: undefined, host: '0.0.0.0' } },
    () => undefined,
    {},
    environment,
  );
  return {
    api,
    as: async (username, { role = 'user', tenantId = 'one', execute = true } = {}) => {
      await api.identity.registrations.register(
        { username, password: PASSWORD, role, tenantId, execute },
        commandContext(),
      );
      const cookie = cookieIn((await api.say('POST', '/login', { username, password: PASSWORD })).headers);
      return async (method, path, body, headers = {}) =>
        await api.say(method, `/api${path.startsWith('/tasks') ? '' : '/conda'}${path}`, body, {
          cookie,
          ...headers,
        });
    },
    end: async (end, seen) => await endBuild(api, end, seen),
  };
}

/** Waits for a running build and ends it, as an agent's report does. */
export async function endBuild(
  api: TestApi,
  end: BuildEnd,
  seen: { readonly worker?: string; readonly resultAt?: number } = {},
): Promise<void> {
  const open = await eventually(async () => {
    for await (const page of api.models.list(environmentBuilds.name))
      for (const stored of page) {
        const document = JSON.parse(stored.json) as EnvironmentBuildDocument;
        if (document.outcome === null && document.behind.length === 0) return document;
      }
    return undefined;
  });
  await api.executor.execute(
    environments,
    open.environmentId,
    { kind: 'settle', build: open.build, end, seen, keep: 3 },
    commandContext(),
  );
}

export async function make(
  { end }: Scene,
  ask: Ask,
  name: string,
  packages: Readonly<Record<string, string>> = { python: '3.11.9' },
): Promise<Said> {
  const asked = ask('POST', '/environment', { name });
  await end(built(packages));
  return await asked;
}
