import type { ServiceTemplateContent } from '../content.js';
import { chosen, password } from './variables.js';

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
    chosen('DB_USER', 'A user who owns the database; not root', 'app'),
    password('DB_PASSWORD', 'That user’s password; it counts when the database is made'),
    chosen('DB_NAME', 'The database that is made at the first start', 'app'),
    password('ROOT_PASSWORD', 'The password of root; it counts when the database is made'),
  ],
  connection: 'mysql://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}',
};
