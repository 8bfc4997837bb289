import t from 'tap';
import { mayExecute } from '#domain/accounts/user/index.js';

void t.test(
  'an active account may run processes if it is an administrator, has the right, or execution is open to all',
  async (t) => {
    const user = { role: 'user', active: true, execute: false } as const;
    t.notOk(mayExecute(user, false));
    t.ok(mayExecute(user, true));
    t.ok(mayExecute({ ...user, execute: true }, false));
    t.ok(mayExecute({ ...user, role: 'admin' }, false));
    t.notOk(
      mayExecute({ ...user, role: 'tenant_admin' }, false),
      'a tenant administrator does not have the right by role',
    );
    for (const role of ['user', 'admin'] as const)
      t.notOk(mayExecute({ role, active: false, execute: true }, true));
  },
);
