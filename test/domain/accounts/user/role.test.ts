import t from 'tap';
import { ROLES } from '#domain/accounts/user/index.js';

void t.test('There are three roles, each with more rights than the one before it', async (t) => {
  t.same(ROLES, ['user', 'tenant_admin', 'admin']);
});
