import t from 'tap';
import type { Gpu } from '#src/cli/shared/client.js';
import { userTable } from '#src/cli/accounts/user-view.js';

const user = (over: Partial<Gpu['User']>): Gpu['User'] => ({
  id: 'u',
  user_id: 7,
  username: 'ann',
  email: null,
  full_name: null,
  role: 'user',
  tenant_id: 't',
  active: true,
  erased: false,
  execute: false,
  created_at: 1_763_625_600,
  updated_at: 1_763_625_600,
  ...over,
});

await t.test('shows every role and state of an account in the table', async (t) => {
  for (const role of Object.keys({ user: 1, tenant_admin: 1, auditor: 1, admin: 1 } satisfies Record<
    Gpu['User']['role'],
    1
  >) as Gpu['User']['role'][]) {
    t.match(userTable([user({ role })])[1], new RegExp(`^7 +ann +${role} +active +t +2025`));
  }
  t.match(userTable([user({ active: false })])[1], / inactive /);
  t.match(userTable([user({ active: false, erased: true, user_id: null })])[1], /^- +ann +user +erased /);
});
