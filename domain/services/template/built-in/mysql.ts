import type { ServiceTemplateContent } from '../content.js';
import { chosen, initial, password } from './variables.js';

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
    ),
    initial(chosen('DB_NAME', 'Database that is created at the first start', 'app'), 'CREATE DATABASE …'),
    initial(
      password('ROOT_PASSWORD', 'Password of root; only used when the database is created'),
      "ALTER USER root IDENTIFIED BY '…'",
    ),
  ],
  connection: 'mysql://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}',
};
