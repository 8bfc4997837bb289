import type { FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { madeId } from '#src/engine/commands/index.js';
import type { WhatIfChange } from '#src/features/what-if/index.js';
import { withAuditors, errors, json, resolveMoment, type Scope } from '#src/http/index.js';
import { submissionOf, type Submission } from '../submission.js';
import { ofStreams, type ClusterSurface } from '../surface.js';
import { whatIfBody, whatIfView, type WhatIfBody } from '../what-if-contract.js';
import { viewWhatIf } from '../what-if-view.js';

type SentChange = WhatIfBody['changes'][number];

export function whatIfReads(scope: Scope, surface: ClusterSurface): void {
  const { whatIf, clock } = surface.parts;

  scope.post(
    '/what-if',
    {
      config: withAuditors(ofStreams),
      schema: {
        tags: ['nodes'],
        operationId: 'cluster_askWhatIf',
        summary: 'Simulate changes',
        description:
          'Extension. Applies the changes to a copy of the cluster and runs the scheduler on it until nothing moves. Nothing is written. ' +
          'The response shows what moves where, what is waiting and why, and what is not considered. Each request may take seconds, so at most four are queued; additional requests get 503.',
        body: whatIfBody(surface.submitBody),
        response: { 200: json('The simulated result', whatIfView), ...errors(404, 409) },
      },
    },
    async (request) => {
      const { as_of: asOf, changes, horizon_seconds: horizon, limit } = request.body;
      const asked = await changesOf(surface, request, changes);
      refuseConflicts(asked);
      const moment = asOf === undefined ? undefined : await momentOf(surface, asOf);
      const now = moment?.time ?? clock.now();
      const answer = await whatIf.ask({
        position: moment?.position,
        now,
        changes: asked,
        horizonMs: horizon * 1000,
        limit,
      });
      return viewWhatIf(now, answer);
    },
  );
}

async function momentOf(
  { parts: { history, readModels, clock }, limits: { waitMs } }: ClusterSurface,
  asOf: string,
): Promise<{ readonly position: bigint; readonly time: number }> {
  if (history === undefined) throw new MusterError('MUSTER_E_HISTORY_OFF');
  return await resolveMoment(asOf, { history, readModels, clock, waitMs });
}

async function changesOf(
  surface: ClusterSurface,
  request: FastifyRequest,
  changes: readonly SentChange[],
): Promise<WhatIfChange[]> {
  const asked: WhatIfChange[] = [];
  for (const [index, change] of changes.entries())
    asked.push(await changeOf(surface, request, change, index));
  return asked;
}

async function changeOf(
  surface: ClusterSurface,
  request: FastifyRequest,
  change: SentChange,
  index: number,
): Promise<WhatIfChange> {
  const { drain, down, eligible, add_nodes: added, submit, stop, priority, fit } = change;
  if (drain !== undefined) return { kind: 'drain', node: drain };
  if (down !== undefined) return { kind: 'down', node: down };
  if (eligible !== undefined) return { kind: 'eligible', node: eligible.node, eligible: eligible.to };
  if (added !== undefined) return { kind: 'addNodes', ...added };
  if (stop !== undefined) return { kind: 'stop', job: stop };
  if (priority !== undefined) return { kind: 'priority', job: priority.job, priority: priority.to };
  const sent = submit ?? fit!;
  const { jobId, evaluationId, sealed } = await prefixed(
    `changes[${index}].${submit === undefined ? 'fit' : 'submit'}`,
    () =>
      submissionOf(surface, request, sent, () =>
        surface.context(request, undefined, { method: 'POST', path: '/jobs' }),
      ),
  );
  if (submit === undefined) return { kind: 'fit', specification: sealed };
  return {
    kind: 'submit',
    // Each additional job without an id gets a generated id.
    jobId: sent.job_id === undefined && index > 0 ? madeId(evaluationId, `job ${index}`) : jobId,
    evaluationId: index === 0 ? evaluationId : madeId(evaluationId, `evaluation ${index}`),
    specification: sealed,
  };
}

/** Prefixes the field in the errors of a submission, so that it is the path within the whole request. */
async function prefixed(field: string, work: () => Promise<Submission>): Promise<Submission> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'MUSTER_E_INVALID') throw error;
    throw new MusterError(
      'MUSTER_E_INVALID',
      { ...error.fields, field: `${field}.${error.fields['field']}` },
      { cause: error },
    );
  }
}

/** Each node and job may be changed only once, so that the order of the changes does not matter. */
function refuseConflicts(changes: readonly WhatIfChange[]): void {
  const known = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const object = objectOf(change);
    if (object === undefined) continue;
    if (known.has(object))
      throw new MusterError('MUSTER_E_INVALID', {
        field: `changes[${index}]`,
        problem: `${object} changes more than once`,
      });
    known.add(object);
  }
}

function objectOf(change: WhatIfChange): string | undefined {
  switch (change.kind) {
    case 'drain':
    case 'down':
    case 'eligible':
      return `node ${change.node}`;
    case 'submit':
      return `job ${change.jobId}`;
    case 'stop':
    case 'priority':
      return `job ${change.job}`;
    case 'addNodes':
    case 'fit':
      return undefined;
  }
}
