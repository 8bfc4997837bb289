import t from 'tap';
import { mayExecute } from '#domain/accounts/user/index.js';

void t.test(
  'Administrators and accounts with the right run processes, others only with open execution, and deactivated ones never',
  async (t) => {
    const user = { role: 'user', active: true, execute: false } as const;
    t.notOk(mayExecute(user, false));
    t.ok(mayExecute(user, true));
    t.ok(mayExecute({ ...user, execute: true }, false));
    t.ok(mayExecute({ ...user, role: 'admin' }, false));
    t.notOk(
      mayExecute({ ...user, role: 'tenant_admin' }, false),
      'who administers a tenant is no administrator of the machines',
    );
    for (const role of ['user', 'admin'] as const)
      t.notOk(mayExecute({ role, active: false, execute: true }, true));
  },
);
