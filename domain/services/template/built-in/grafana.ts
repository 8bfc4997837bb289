import type { ServiceTemplateContent } from '../content.js';
import { chosen, initial, password } from './variables.js';

export const grafana: ServiceTemplateContent = {
  name: 'grafana',
  type: 'dashboard',
  description: 'Grafana dashboards template',
  icon: 'chart',
  category: 'Observability',
  tags: ['grafana', 'dashboards', 'metrics'],
  isPublic: true,
  config: {
    image: 'grafana/grafana:11.6.0',
    ports: [3000],
    environment: {
      GF_SECURITY_ADMIN_USER: '{{ADMIN_USER}}',
      GF_SECURITY_ADMIN_PASSWORD: '{{ADMIN_PASSWORD}}',
      GF_USERS_ALLOW_SIGN_UP: '{{ALLOW_SIGN_UP}}',
    },
    resources: { cpu: 200, memory: 256, disk: 512 },
    volumes: [{ name: 'data', path: '/var/lib/grafana' }],
    health: { type: 'http', port: 3000, path: '/api/health', interval_seconds: 5 },
  },
  variables: [
    initial(chosen('ADMIN_USER', 'User name of the first administrator', 'admin')),
    initial(
      password('ADMIN_PASSWORD', 'Password of that user; only used when the data is created'),
      'grafana cli admin reset-admin-password …',
      [
        'sh',
        '-c',
        `printf '%s\\n' "$MUSTER_NEW_VALUE" | grafana cli --homepath "$GF_PATHS_HOME" --config "$GF_PATHS_CONFIG" admin reset-admin-password --password-from-stdin`,
      ],
    ),
    {
      name: 'ALLOW_SIGN_UP',
      type: 'bool',
      description: 'Whether anyone may create an account',
      default: false,
    },
  ],
  connection: 'http://{{ADMIN_USER}}:{{ADMIN_PASSWORD}}@{{ENDPOINT}}/',
};
