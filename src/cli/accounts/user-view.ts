import type { Gpu } from '../shared/client.js';
import { showTime, tableLines } from '../shared/output.js';

type User = Gpu['User'];

export function userTable(users: readonly User[]): string[] {
  return tableLines(
    ['NUMBER', 'USERNAME', 'ROLE', 'STATE', 'TENANT', 'CREATED'],
    users.map((user) => [
      String(user.user_id ?? '-'),
      user.username,
      user.role,
      stateOf(user),
      user.tenant_id,
      showTime(user.created_at),
    ]),
  );
}

function stateOf({ erased, active }: User): string {
  if (erased) return 'erased';
  return active ? 'active' : 'inactive';
}
