import type { ServiceTemplateContent } from '../content.js';
import { grafana } from './grafana.js';
import { minio } from './minio.js';
import { mongodb } from './mongodb.js';
import { mysql } from './mysql.js';
import { nginx } from './nginx.js';
import { postgresql } from './postgresql.js';
import { rabbitmq } from './rabbitmq.js';
import { redis } from './redis.js';

/**
 * Raise this whenever what a template runs changes. Servers then replace older revisions. Not raised for `initial`, because servers of an older
 * release cannot read an event with it: `initialVariables` knows the marks of built-in templates without the log.
 */
export const BUILT_IN_REVISION = 3;

export const BUILT_IN_TEMPLATES: readonly ServiceTemplateContent[] = [
  postgresql,
  mysql,
  redis,
  mongodb,
  nginx,
  rabbitmq,
  minio,
  grafana,
].map(named);

function named(template: ServiceTemplateContent): ServiceTemplateContent {
  return { ...template, config: { ...template.config, nomad_job_file: `${template.name}.nomad` } };
}
