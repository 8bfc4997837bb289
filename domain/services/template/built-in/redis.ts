import type { ServiceTemplateContent } from '../content.js';
import { password } from './variables.js';

/**
 * Redis reads its password from a file or its arguments, and every user of the node can read arguments. So the password is passed in a configuration
 * file on standard input, hex-encoded byte by byte so that no character is interpreted as syntax. The server is started through the image's
 * entrypoint, which switches to the image's user. If it were started directly from a shell, it would run as root.
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
    password('REDIS_PASSWORD', 'Password that clients log in with'),
    {
      name: 'MAX_MEMORY_MB',
      type: 'int',
      description: 'Memory limit for keys and values, in MiB; 0: no limit',
      default: 192,
    },
  ],
  connection: 'redis://default:{{REDIS_PASSWORD}}@{{ENDPOINT}}/0',
};
