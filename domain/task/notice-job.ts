import { httpDriver, type HttpConfig } from '../drivers/http/index.js';
import type { JobSpecification } from '../job/specification.js';
import { PRIORITIES } from './definition.js';
import { RUN_GROUP, RUN_TASK, TRIED_ONCE } from './job.js';
import { variableNames } from './secrets.js';

/** Seconds that one call may take. */
const NOTICE_TIMEOUT = 30;
/** One call of few bytes. It takes no slot: who has none free can be told of that, too. */
const RESOURCES = { cpu: 10, memory: 16 };
const HEADERS = { 'content-type': 'application/json', 'user-agent': 'muster-notice' };

/**
 * What the job of a notice is: one call, tried once; what follows is the task's to decide. Any worker that makes calls may make it, as those that
 * the task asks for may be what failed. `sealedEnvironment`: the body, in so many pieces.
 */
export function noticeSpecification(url: string, pieces: number, sealedEnvironment: string): JobSpecification {
  const config: HttpConfig = { url, method: 'POST', headers: HEADERS, body: variableNames.body(pieces).map((env) => ({ env })) };
  const task = {
    ...{ name: RUN_TASK, driver: httpDriver.name, config, sealed_env: sealedEnvironment },
    ...{ resources: RESOURCES, max_run_seconds: NOTICE_TIMEOUT },
  };
  const group = { name: RUN_GROUP, tasks: [task], ...TRIED_ONCE };
  return { task_groups: [group], priority: PRIORITIES.high };
}
