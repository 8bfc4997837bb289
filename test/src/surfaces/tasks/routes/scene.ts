import type { Test } from 'tap';
import { openTestApi, type TestApi } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const PASSWORD = 'password123';
export type Headers = Readonly<Record<string, string>>;

export interface TasksScene {
  readonly api: TestApi;
  readonly root: Headers;
  /** Two accounts of one tenant, and one of another. */
  readonly ann: Headers;
  readonly abe: Headers;
  readonly ben: Headers;
  readonly auditor: Headers;
}

/** Opens the API with accounts that may run processes, and returns their headers. `over` has options of the API. */
export async function tasksScene(t: Test, over: Parameters<typeof openTestApi>[1] = {}): Promise<TasksScene> {
  const api = await openTestApi(t, over);
  const context = commandContext({ commandId: 'c', actor: 'x', surface: 'auth' });
  const account = async (
    username: string,
    tenantId: string,
    role: 'user' | 'admin' | 'auditor' = 'user',
  ): Promise<Headers> => {
    await api.identity.registrations.register(
      { username, password: PASSWORD, role, tenantId, execute: true },
      { ...context, commandId: username },
    );
    const { token } = (await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as {
      token: string;
    };
    return { authorization: `Bearer ${token}` };
  };
  return {
    api,
    root: await account('root', 'r', 'admin'),
    ann: await account('ann', 'a'),
    abe: await account('abe', 'a'),
    ben: await account('ben', 'b'),
    auditor: await account('auditor', 'r', 'auditor'),
  };
}
