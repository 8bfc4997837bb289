import { httpDriver, type HttpConfig } from '../../drivers/http/index.js';
import type { JobSpecification } from '../../jobs/job/specification.js';
import { PRIORITIES } from './definition.js';
import { RUN_GROUP, RUN_TASK, NO_RESTARTS } from './job.js';
import { piecesOf, variableNames, variablesOf } from './secrets.js';

const CALL_TIMEOUT_SECONDS = 30;
/** Resources for a small request. It does not need a slot, so that a lack of slots can be reported, too. */
const RESOURCES = { cpu: 10, memory: 16 };
const HEADERS = { 'content-type': 'application/json', 'user-agent': 'muster-notice' };

/** Returns the variables to seal: the URL, because a webhook's path is its secret, and the body. */
export function notificationVariables(url: string, body: string): Record<string, string> {
  return { [variableNames.url]: url, ...variablesOf({ body }) };
}

/**
 * Returns a notification's job: one call without restarts, because the task decides about retries. Any worker may make it, since the task's own
 * workers may be what failed. `sealedEnvironment`: the sealed `notificationVariables`. If it is undefined, they are unavailable and the call fails.
 */
export function notificationSpecification(
  body: string,
  sealedEnvironment: string | undefined,
): JobSpecification {
  const pieces = variableNames.body(piecesOf(body).length);
  const config: HttpConfig = {
    url: { env: variableNames.url },
    method: 'POST',
    headers: HEADERS,
    body: pieces.map((env) => ({ env })),
  };
  const task = {
    name: RUN_TASK,
    driver: httpDriver.name,
    config,
    ...(sealedEnvironment !== undefined && { sealed_env: sealedEnvironment }),
    resources: RESOURCES,
    max_run_seconds: CALL_TIMEOUT_SECONDS,
  };
  const group = { name: RUN_GROUP, tasks: [task], ...NO_RESTARTS };
  return { task_groups: [group], priority: PRIORITIES.high };
}
