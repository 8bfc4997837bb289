import { httpDriver, type HttpConfig } from '../../drivers/http/index.js';
import type { JobSpecification } from '../../jobs/job/specification.js';
import { PRIORITIES } from './definition.js';
import { RUN_GROUP, RUN_TASK, NO_RESTARTS } from './job.js';
import { piecesOf, variableNames, variablesOf } from './secrets.js';

const CALL_TIMEOUT_SECONDS = 30;
/** A small request. It needs no slot, so that lack of slots can be reported, too. */
const RESOURCES = { cpu: 10, memory: 16 };
const HEADERS = { 'content-type': 'application/json', 'user-agent': 'muster-notice' };

/** The sealed variables: the URL, whose path is the secret of a webhook, and the body. */
export function notificationVariables(url: string, body: string): Record<string, string> {
  return { [variableNames.url]: url, ...variablesOf({ body }) };
}

/**
 * Returns a notification's job: one call without restarts, because the task decides about retries. Any worker may make
 * it, since the task's own workers may be what failed. `sealedEnvironment`: the sealed `notificationVariables`; absent:
 * unavailable, so that the call fails.
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
