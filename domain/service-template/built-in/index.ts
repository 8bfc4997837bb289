import type { ServiceTemplateContent } from '../content.js';
import { grafana } from './grafana.js';
import { minio } from './minio.js';
import { mongodb } from './mongodb.js';
import { mysql } from './mysql.js';
import { nginx } from './nginx.js';
import { postgresql } from './postgresql.js';
import { rabbitmq } from './rabbitmq.js';
import { redis } from './redis.js';

/** Raised when one of them changes: servers put the newer one in the place of the older. */
export const BUILT_IN_REVISION = 2;

/** Templates that come with Muster. */
export const BUILT_IN_TEMPLATES: readonly ServiceTemplateContent[] = [postgresql, mysql, redis, mongodb, nginx, rabbitmq, minio, grafana].map(named);

/** Each says by which `nomad_job_file` services name it. */
function named(template: ServiceTemplateContent): ServiceTemplateContent {
  return { ...template, config: { ...template.config, nomad_job_file: `${template.name}.nomad` } };
}
