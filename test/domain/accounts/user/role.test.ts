import t from 'tap';
import { ROLES, seesAll } from '#domain/accounts/user/index.js';

void t.test('each role sees at least as much as the one before it', async (t) => {
  t.same(ROLES, ['user', 'tenant_admin', 'auditor', 'admin']);
  t.same(ROLES.map(seesAll), [false, false, true, true]);
});
