import type { ServiceTemplateContent } from '../content.js';
import { password } from './variables.js';

/**
 * Redis reads its password from a file or its arguments, and arguments are visible to everybody on the node. So the
 * password is passed as a configuration file on standard input, hex-encoded byte by byte so that no character is
 * syntax. The image's entrypoint drops to the image's user; started from a shell the server would run as root.
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
    {
      name: 'MAX_MEMORY_MB',
      type: 'int',
      description: 'MiB that keys and values may take; 0: no bound of its own',
      default: 192,
    },
  ],
  // redis-cli sends an empty user name when the URL has none, and is refused.
  connection: 'redis://default:{{REDIS_PASSWORD}}@{{ENDPOINT}}/0',
};
