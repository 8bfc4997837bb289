import type { ServiceTemplateContent } from '../content.js';
import { chosen, password } from './variables.js';

export const minio: ServiceTemplateContent = {
  name: 'minio',
  type: 'storage',
  description: 'MinIO object store template',
  icon: 'archive',
  category: 'Storage',
  tags: ['minio', 's3', 'objects'],
  isPublic: true,
  config: {
    image: 'minio/minio:RELEASE.2025-04-22T22-12-26Z',
    ports: [9000, 9001],
    args: ['server', '/data', '--console-address', ':9001'],
    environment: {
      MINIO_ROOT_USER: '{{ACCESS_KEY}}',
      MINIO_ROOT_PASSWORD: '{{SECRET_KEY}}',
      MINIO_REGION: '{{REGION}}',
    },
    resources: { cpu: 500, memory: 512, disk: 4096 },
    volumes: [{ name: 'data', path: '/data' }],
    health: { type: 'http', port: 9000, path: '/minio/health/live', interval_seconds: 5 },
  },
  variables: [
    chosen('ACCESS_KEY', 'User name of the administrator, at least 3 characters', 'minio'),
    password('SECRET_KEY', 'Password of the administrator, at least 8 characters'),
    chosen('REGION', 'Region that is reported to clients', 'us-east-1'),
  ],
  connection: 'http://{{ACCESS_KEY}}:{{SECRET_KEY}}@{{ENDPOINT}}',
};
