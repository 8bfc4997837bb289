import type { ServiceTemplateContent } from '../content.js';
import { password } from './variables.js';

/**
 * Redis reads its password from a file or from its arguments, and arguments are seen by everybody on the node: so a file is
 * made of the environment and given as standard input. The password stands in it byte by byte, so that nothing in it is syntax.
 * The image's own entrypoint runs the server as the image's user; behind a shell it would run as root.
 */
const START = String.raw`hex=$(printf %s "$REDIS_PASSWORD" | od -An -v -tx1 | tr -d ' \n' | sed 's/../\\x&/g')
exec docker-entrypoint.sh redis-server - <<EOF
requirepass "$hex"
appendonly yes
maxmemory $REDIS_MAX_MEMORY
dir /data
EOF`;

export const redis: ServiceTemplateContent = {
  name: 'redis',
  type: 'cache',
  description: 'Redis key-value store template',
  icon: 'layers',
  category: 'Cache',
  tags: ['redis', 'cache', 'key-value'],
  isPublic: true,
  config: {
    image: 'redis:7',
    ports: [6379],
    args: ['sh', '-c', START],
    environment: { REDIS_PASSWORD: '{{REDIS_PASSWORD}}', REDIS_MAX_MEMORY: '{{MAX_MEMORY_MB}}mb' },
    resources: { cpu: 200, memory: 256, disk: 512 },
    volumes: [{ name: 'data', path: '/data' }],
    health: { type: 'tcp', port: 6379, interval_seconds: 5 },
    kill_timeout: 30,
  },
  variables: [
    password('REDIS_PASSWORD', 'What clients log in with'),
    { name: 'MAX_MEMORY_MB', type: 'int', description: 'MiB that keys and values may take; 0: no bound of its own', default: 192 },
  ],
  // Without the user’s name redis-cli is refused: it sends an empty one.
  connection: 'redis://default:{{REDIS_PASSWORD}}@{{ENDPOINT}}/0',
};
