import type { Gpu } from '../shared/client.js';
import { showTime } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, timeColumn, type Look } from '../shared/table.js';

type User = Gpu['User'];

export const USER_LIST: ListView<User> = {
  headings: ['NUMBER', 'USERNAME', 'ROLE', statusColumn('STATE'), idColumn('TENANT'), timeColumn('CREATED')],
  row: (user) => [
    String(user.user_id ?? '-'),
    user.username,
    user.role,
    stateOf(user),
    user.tenant_id,
    showTime(user.created_at),
  ],
  name: ({ username }) => username,
  statuses: ['active', 'inactive', 'erased'],
};

export function userTable(users: readonly User[], look?: Look): string[] {
  return listLines(USER_LIST, users, look);
}

function stateOf({ erased, active }: User): string {
  if (erased) return 'erased';
  return active ? 'active' : 'inactive';
}
