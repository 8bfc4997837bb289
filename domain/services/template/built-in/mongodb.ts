import type { ServiceTemplateContent } from '../content.js';
import { chosen, initial, password } from './variables.js';

/** The administrator may have the new password already if the step is repeated. */
const CHANGE_PASSWORD = `const { MONGO_INITDB_ROOT_USERNAME: user, MUSTER_OLD_VALUE: former, MUSTER_NEW_VALUE: value } = process.env;
const admin = connect('mongodb://127.0.0.1:27017/admin');
let isChanged = true;
try { admin.auth(user, value); } catch (error) { isChanged = false; }
if (!isChanged) { admin.auth(user, former); admin.changeUserPassword(user, value); }`;

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
    initial(chosen('DB_USER', 'User name of the administrator', 'root'), 'db.createUser(…)'),
    initial(
      password('DB_PASSWORD', 'Password of that user; only used when the databases are created'),
      'db.changeUserPassword(…)',
      ['mongosh', '--quiet', '--nodb', '--eval', CHANGE_PASSWORD],
    ),
    chosen('DB_NAME', 'Database that clients use by default', 'app'),
  ],
  connection: 'mongodb://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}?authSource=admin',
};
