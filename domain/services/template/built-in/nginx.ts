import type { ServiceTemplateContent } from '../content.js';
import { chosen } from './variables.js';

export const nginx: ServiceTemplateContent = {
  name: 'nginx',
  type: 'web',
  description: 'nginx web server template',
  icon: 'globe',
  category: 'Web',
  tags: ['nginx', 'web', 'http'],
  isPublic: true,
  config: {
    image: 'nginx:1.28',
    ports: [80],
    environment: { NGINX_HOST: '{{HOST}}', NGINX_ENTRYPOINT_QUIET_LOGS: '1' },
    resources: { cpu: 200, memory: 128, disk: 256 },
    volumes: [{ name: 'html', path: '/usr/share/nginx/html' }],
    health: { type: 'http', port: 80, path: '/', interval_seconds: 5 },
  },
  variables: [chosen('HOST', 'Host name of the site; nginx templates read it as NGINX_HOST', 'localhost')],
  connection: 'http://{{ENDPOINT}}/',
};
