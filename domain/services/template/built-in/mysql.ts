import type { ServiceTemplateContent } from '../content.js';
import { chosen, initial, password } from './variables.js';

/**
 * Changes the password of accounts as root, who may have the new one already if the step is repeated. Passwords reach the client in its environment and
 * its input, and the server writes none of this statement's to its logs.
 */
const changePassword = (root: string, accounts: string): string[] => [
  'sh',
  '-c',
  String.raw`quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }
sql() { MYSQL_PWD=$1 mysql --user=root --default-character-set=utf8mb4; }
root=${root}
[ "$root" = "$MUSTER_NEW_VALUE" ] || ! echo 'DO 0;' | sql "$MUSTER_NEW_VALUE" 2>/dev/null || root=$MUSTER_NEW_VALUE
new=$(quoted "$MUSTER_NEW_VALUE")
sql "$root" <<EOF
SET SESSION sql_mode = '';
ALTER USER ${accounts};
EOF`,
];

export const mysql: ServiceTemplateContent = {
  name: 'mysql',
  type: 'database',
  description: 'MySQL database template',
  icon: 'database',
  category: 'Database',
  tags: ['mysql', 'database', 'sql'],
  isPublic: true,
  config: {
    image: 'mysql:8.4',
    ports: [3306],
    environment: {
      MYSQL_USER: '{{DB_USER}}',
      MYSQL_PASSWORD: '{{DB_PASSWORD}}',
      MYSQL_DATABASE: '{{DB_NAME}}',
      MYSQL_ROOT_PASSWORD: '{{ROOT_PASSWORD}}',
    },
    resources: { cpu: 500, memory: 1024, disk: 2048 },
    volumes: [{ name: 'data', path: '/var/lib/mysql' }],
    health: { type: 'tcp', port: 3306, interval_seconds: 5, grace_seconds: 120 },
    kill_timeout: 30,
  },
  variables: [
    initial(chosen('DB_USER', 'User who owns the database; not root', 'app'), 'RENAME USER … TO …'),
    initial(
      password('DB_PASSWORD', 'Password of that user; only used when the database is created'),
      "ALTER USER … IDENTIFIED BY '…'",
      changePassword('$MYSQL_ROOT_PASSWORD', `$(quoted "$MYSQL_USER")@'%' IDENTIFIED BY $new`),
    ),
    initial(chosen('DB_NAME', 'Database that is created at the first start', 'app'), 'CREATE DATABASE …'),
    initial(
      password('ROOT_PASSWORD', 'Password of root; only used when the database is created'),
      "ALTER USER root IDENTIFIED BY '…'",
      changePassword(
        '$MUSTER_OLD_VALUE',
        "IF EXISTS 'root'@'localhost' IDENTIFIED BY $new, 'root'@'%' IDENTIFIED BY $new",
      ),
    ),
  ],
  connection: 'mysql://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}',
};
