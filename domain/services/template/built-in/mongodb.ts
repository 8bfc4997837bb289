import type { ServiceTemplateContent } from '../content.js';
import { chosen, password } from './variables.js';

export const mongodb: ServiceTemplateContent = {
  name: 'mongodb',
  type: 'database',
  description: 'MongoDB document database template',
  icon: 'database',
  category: 'Database',
  tags: ['mongodb', 'database', 'documents'],
  isPublic: true,
  config: {
    image: 'mongo:7',
    ports: [27017],
    environment: {
      MONGO_INITDB_ROOT_USERNAME: '{{DB_USER}}',
      MONGO_INITDB_ROOT_PASSWORD: '{{DB_PASSWORD}}',
      MONGO_INITDB_DATABASE: '{{DB_NAME}}',
    },
    resources: { cpu: 500, memory: 1024, disk: 2048 },
    volumes: [{ name: 'data', path: '/data/db' }],
    health: { type: 'tcp', port: 27017, interval_seconds: 5, grace_seconds: 60 },
    kill_timeout: 30,
  },
  variables: [
    chosen('DB_USER', 'The administrator of the databases', 'root'),
    password('DB_PASSWORD', 'That user’s password; it counts when the databases are made'),
    chosen('DB_NAME', 'The database that clients begin in', 'app'),
  ],
  connection: 'mongodb://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}?authSource=admin',
};
