import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf, type Api, type Services } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import type { ServiceParams } from './find-service.js';
import { warnLine } from '../shared/output.js';

/** Poll interval of a deployment, in milliseconds. */
const POLL_INTERVAL_MS = 500;

type Deployment = Services['ServiceDeploymentList']['deployments'][number];

/** A service, with its route parameters and the name that the user typed. */
export interface DeployedService {
  readonly params: ServiceParams;
  readonly given: string;
}

/** Sends a request and, with `wait`, waits for the end of the deployment that the request started, if any. */
export async function waitForDeployment<Said>(
  api: Api,
  service: DeployedService,
  wait: boolean,
  ask: () => Promise<Said>,
): Promise<Said> {
  const before = await newestDeployment(api, service.params);
  const said = await ask();
  const begun = await newestDeployment(api, service.params);
  if (wait && begun !== undefined && begun.number !== before?.number) await ended(api, service, begun.number);
  return said;
}

export async function newestDeployment(api: Api, params: ServiceParams): Promise<Deployment | undefined> {
  return (
    await bodyOf(api.GET('/api/v1/services/{id}/deployments', { params: { ...params, query: { limit: 1 } } }))
  ).deployments[0];
}

/** Prints each step once on standard error, and throws a {@link Failure} unless the deployment completes. */
async function ended(api: Api, service: DeployedService, number: number): Promise<void> {
  const said = new Set<string>();
  const say = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    warnLine(text);
  };
  for (;;) {
    const { deployments: all } = await bodyOf(
      api.GET('/api/v1/services/{id}/deployments', { params: service.params }),
    );
    const deployment = all.find((each) => each.number === number);
    if (deployment === undefined) return;
    const { steps, status, waits_for: waits, completed_at: completed } = deployment;
    for (const [step, at] of Object.entries(steps)) if (at !== null) say(`${step.replace('_', ' ')} (${at})`);
    if (waits !== null) say(`waiting: ${waits}`);
    if (completed === null) {
      await systemClock.sleep(POLL_INTERVAL_MS);
      continue;
    }
    if (status !== 'completed') throw new Failure(notCompleted(deployment, all[0], service.given));
    return;
  }
}

/** Explains why a deployment was not completed, what replaces it, and where to find the logs. */
function notCompleted(
  { number, status, reason, steps }: Deployment,
  newest: Deployment | undefined,
  given: string,
): string {
  return [
    `deployment ${number} ${status}: ${reason?.message ?? 'no reason reported'}`,
    ...(newest?.because === 'reverted' && newest.number > number
      ? [
          `Deployment ${newest.number} reverts it as version ${newest.version}; see muster service deployments ${given}`,
        ]
      : []),
    ...(steps.started === null ? [] : [`Logs: muster service logs ${given} --deployment ${number}`]),
  ].join('\n');
}
