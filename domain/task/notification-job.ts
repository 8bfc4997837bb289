import { httpDriver, type HttpConfig } from '../drivers/http/index.js';
import type { JobSpecification } from '../job/specification.js';
import { PRIORITIES } from './definition.js';
import { RUN_GROUP, RUN_TASK, NO_RESTARTS } from './job.js';
import { piecesOf, variableNames, variablesOf } from './secrets.js';

/** Seconds that one call may take. */
const CALL_TIMEOUT_SECONDS = 30;
/** One call of few bytes. It takes no slot: who has none free can be told of that, too. */
const RESOURCES = { cpu: 10, memory: 16 };
const HEADERS = { 'content-type': 'application/json', 'user-agent': 'muster-notice' };

/** What the call takes from its environment, which is sealed: where it goes, as a hook is opened by its path, and what it says. */
export function notificationVariables(url: string, body: string): Record<string, string> {
  return { [variableNames.url]: url, ...variablesOf({ body }) };
}

/**
 * What the job of a notice is: one call, tried once; what follows is the task's to decide. Any worker that makes calls may make it, as those that
 * the task asks for may be what failed. `sealedEnvironment`: `noticeVariables`; absent: they cannot be had any more, and the call fails without them.
 */
export function notificationSpecification(body: string, sealedEnvironment: string | undefined): JobSpecification {
  const pieces = variableNames.body(piecesOf(body).length);
  const config: HttpConfig = { url: { env: variableNames.url }, method: 'POST', headers: HEADERS, body: pieces.map((env) => ({ env })) };
  const task = {
    ...{ name: RUN_TASK, driver: httpDriver.name, config, ...(sealedEnvironment !== undefined && { sealed_env: sealedEnvironment }) },
    ...{ resources: RESOURCES, max_run_seconds: CALL_TIMEOUT_SECONDS },
  };
  const group = { name: RUN_GROUP, tasks: [task], ...NO_RESTARTS };
  return { task_groups: [group], priority: PRIORITIES.high };
}
