import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { services, type ServiceCommand } from '#domain/services/service/index.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import { addBuiltInTemplates } from '#src/surfaces/services/built-in-templates.js';
import { bearer, madeElsewhere, servicesLogin } from '../../../../fixtures/services-account.js';
import { openTestApi, type Said, type TestApi } from '../../../http/support/test-api.js';

/** An owner of services, another account of the tenant, its administrator, an account of another tenant, and an administrator. */
const PEOPLE = {
  ann: ['user', 'a'],
  bob: ['user', 'a'],
  tia: ['tenant_admin', 'a'],
  eve: ['user', 'b'],
  root: ['admin', 'c'],
} as const;
export type Person = keyof typeof PEOPLE;

export interface ServicesScene {
  readonly api: TestApi;
  as(
    who: Person,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Said>;
  /** Creates a service of ann's and returns its id. */
  service(type: string, config?: object): Promise<string>;
  /** Executes a command of the work loop. */
  told(serviceId: string, command: ServiceCommand): Promise<void>;
}

export const CONFIG = { image: 'web:1', ports: [80], environment: { COLOUR: 'red' } };

/** Opens the surface without loop, scheduler and agents. The test sends their commands. */
export async function servicesScene(
  t: Test,
  environment: Readonly<Record<string, string>> = {},
  over: Parameters<typeof openTestApi>[1] = {},
): Promise<ServicesScene> {
  const api = await openTestApi(t, over, undefined, {}, environment);
  const ids = { uuid: randomUUID };
  await addBuiltInTemplates(
    { executor: api.executor, ids, clock: { sleep: async () => undefined } },
    new AbortController().signal,
  );
  const headers = new Map<string, Readonly<Record<string, string>>>();
  for (const [name, [role, tenant]] of Object.entries(PEOPLE)) {
    await madeElsewhere(api, name, role, tenant);
    headers.set(name, bearer(await servicesLogin(api, name)));
  }
  const as: ServicesScene['as'] = async (who, method, path, body, more = {}) =>
    await api.say(method, `/api/v1${path}`, body, { ...headers.get(who), ...more });
  return {
    api,
    as,
    service: async (type, config = CONFIG) => {
      const said = await as('ann', 'POST', '/services', { name: `my ${type}`, type, config });
      if (said.status !== 201) throw new Error(said.body);
      return (said.json() as { id: string }).id;
    },
    told: async (serviceId, command) => {
      const { position = 0n } = await api.executor.execute(
        services,
        serviceId,
        command,
        sagaContext('test', ids),
      );
      await api.projector.waitFor(position, 30_000);
    },
  };
}

/** Returns the loop's command for a deployment that became healthy. */
export function completed(number: number): ServiceCommand {
  return {
    kind: 'settle',
    number,
    outcome: 'completed',
    reason: { code: 'healthy', message: 'The instance is healthy.' },
    now: 0,
  };
}
