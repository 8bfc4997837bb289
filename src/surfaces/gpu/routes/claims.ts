import { z } from 'zod';
import {
  claimErrors,
  CLAIM_PHASES,
  CLAIM_TASK,
  MAX_PROGRAM_BYTES,
  placementOf,
} from '#domain/gpu/claim/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { mayTouch, type UserPrincipal } from '#src/accounts/index.js';
import { statusOf, type GpuClaimDocument, gpuClaims } from '#projections/gpu/gpu-claims.js';
import {
  access,
  byteStream,
  errors,
  inPages,
  json,
  page,
  read,
  type Scope,
  named,
  sendList,
  type ListItem,
} from '#src/http/index.js';
import { lineTimes, logQuery, sendTaskLog } from '#src/features/task-logs/index.js';
import { openEnvironment, sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import { claimBody, claimEventList, claimList, claimParams, claimView } from '../claim-contract.js';
import { viewClaim, viewClaimed, viewDecision } from '../claim-view.js';
import { NodeNames } from '../node-names.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';
import { gpuClaimDecisions, type GpuClaimDecisionDocument } from '#projections/gpu/gpu-claim-decisions.js';
import { nodeEndpoints } from '#src/surfaces/endpoints.js';

const tags = ['gpu claims'];
const objects = { of: 'GPU claim', parameter: 'id' };
const query = z.strictObject({
  phase: z
    .enum(CLAIM_PHASES)
    .optional()
    .meta({ title: 'ClaimPhaseFilter', description: 'Only claims in this phase' }),
  ...page,
});
const eventQuery = z.strictObject(page);
const logsQuery = z.strictObject(logQuery);

export function claimRoutes(scope: Scope, surface: GpuSurface): void {
  scope.post(
    '/api/gpu-claims',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_createClaim',
        summary: 'Claim GPUs',
        description:
          "Accepts a claim and carries it out later: a container runs with whole GPUs of one node until it exits or the claim is released. Returns 403 if the account's claims, including pending ones, would exceed the quota of its role.",
        body: claimBody,
        response: { 202: json('The claim', claimView), ...errors() },
      },
    },
    async (request, reply) => {
      const { image, command, args, ports, env, resources, shm_size: shmSize } = request.body.spec;
      if (Buffer.byteLength(JSON.stringify([command, args, env])) > MAX_PROGRAM_BYTES)
        throw new MusterError('MUSTER_E_INVALID', {
          field: 'spec',
          problem: `command, args and env must have at most ${MAX_PROGRAM_BYTES} bytes together`,
        });
      const account = surface.account(request);
      const context = surface.context(request);
      await surface.parts.quotas.demand(
        { tenantId: account.tenantId, account: account.userId },
        surface.claims.demandOf(resources.gpuCount),
        context,
      );
      const sealedEnv = env && (await sealEnvironment(surface.parts.identity.sealer, account.userId, env));
      const claimed = await surface.claims.claim(
        account,
        { image, command, args, ports, sealedEnv, gpuCount: resources.gpuCount, shmSize },
        context,
      );
      await surface.written(reply, claimed.position);
      return reply.code(202).send(viewClaimed(claimed, env));
    },
  );

  scope.get(
    '/api/gpu-claims',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_listClaims',
        summary: 'List claims',
        description:
          'Administrators see all claims, tenant administrators see the claims of their tenant, and other accounts see only their own.',
        querystring: query,
        response: { 200: json('The claims', claimList), ...errors() },
      },
    },
    (request, reply) =>
      sendList(reply, named('gpu_claims'), claimItems(surface, surface.account(request), request.query)),
  );

  scope.get(
    '/api/gpu-claims/:id',
    {
      config: access.account(GPU_SURFACE, objects),
      schema: {
        tags,
        operationId: 'gpu_getClaim',
        summary: 'Get a claim',
        description: 'Returns one claim. Returns 404 for claims that the caller may not see.',
        params: claimParams,
        response: { 200: json('The claim', claimView), ...errors(404) },
      },
    },
    async (request, reply) => await view(surface, await surface.claim(request, reply, request.params.id)),
  );

  scope.get(
    '/api/gpu-claims/:id/events',
    {
      config: access.account(GPU_SURFACE, objects),
      schema: {
        tags,
        operationId: 'gpu_listClaimEvents',
        summary: 'Get the history of a claim',
        description: 'Returns all decisions and events about the claim from the log, oldest first.',
        params: claimParams,
        querystring: eventQuery,
        response: { 200: json('The history', claimEventList), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { claimId } = await surface.claim(request, reply, request.params.id);
      return await sendList(reply, named('events'), decisionItems(surface, claimId, request.query));
    },
  );

  scope.get(
    '/api/gpu-claims/:id/logs',
    {
      config: access.account(GPU_SURFACE, objects),
      schema: {
        tags,
        operationId: 'gpu_getClaimLogs',
        summary: 'Read the log of a claim',
        description:
          'Returns raw bytes from the current or last node of the claim. Standard output and standard error are one stream, because the container has a terminal. Returns 404 before the claim has a container, and 410 after its log was removed.',
        params: claimParams,
        querystring: logsQuery,
        response: {
          200: byteStream('The log', {
            'text/plain': 'Raw bytes. With `follow`, the response continues until the container ends',
          }),
          ...errors(404, 410, 502),
        },
      },
    },
    async (request, reply) => {
      const { follow, tail } = request.query;
      const placement = placementOf(await surface.claim(request, reply, request.params.id));
      if (placement === null) throw new MusterError(claimErrors.MUSTER_E_GPU_CLAIM_NO_LOG);
      const { nodeId, allocationId } = placement;
      return await sendTaskLog(reply, surface.parts, surface.followers, {
        nodeId,
        allocationId,
        task: CLAIM_TASK,
        stream: 'stdout',
        follow: follow === 'true',
        tail,
        ...lineTimes(request.query),
        absent: claimErrors.MUSTER_E_GPU_CLAIM_NO_LOG,
      });
    },
  );

  scope.delete(
    '/api/gpu-claims/:id',
    {
      config: access.account(GPU_SURFACE, objects),
      schema: {
        tags,
        operationId: 'gpu_releaseClaim',
        summary: 'Release a claim',
        description:
          'Stops the container of the claim. From this response on, the claim no longer counts against the quota. Releasing a released or ended claim has no effect.',
        params: claimParams,
        response: { 200: json('The claim', claimView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const claim = await surface.claimToRelease(request, reply, request.params.id);
      const released = await surface.claims.release(claim, surface.context(request));
      await surface.written(reply, released?.position);
      return await view(
        surface,
        released === undefined ? claim : { ...claim, standing: 'released', updatedAt: released.metadata.at },
      );
    },
  );
}

async function view(
  surface: GpuSurface,
  claim: GpuClaimDocument,
  names = new NodeNames(surface.parts.enrolments),
): Promise<z.input<typeof claimView>> {
  const placement = placementOf(claim);
  const env =
    claim.sealedEnv === undefined
      ? undefined
      : await openEnvironment(surface.parts.identity.sealer, claim.sealedEnv);
  const endpoints =
    placement?.running === true
      ? await nodeEndpoints(surface.parts.readModels, placement.nodeId, placement.ports)
      : [];
  return viewClaim(claim, placement === null ? '' : await names.of(placement.nodeId), endpoints, env);
}

async function* claimItems(
  surface: GpuSurface,
  account: UserPrincipal,
  { phase, after, limit }: z.infer<typeof query>,
): AsyncGenerator<ListItem> {
  const names = new NodeNames(surface.parts.enrolments);
  let count = 0;
  const options = { ...narrowest(account, phase), ...(after !== undefined && { after }) };
  for await (const documents of inPages(surface.parts.readModels, gpuClaims.name, options, limit)) {
    for (const stored of documents) {
      const claim = read<GpuClaimDocument>(stored);
      if (!mayTouch(account, claim) || (phase !== undefined && statusOf(claim).phase !== phase)) continue;
      if (count === limit) return;
      count += 1;
      yield { json: JSON.stringify(await view(surface, claim, names)), stale: stored.parked };
    }
  }
}

function narrowest(
  { role, userId, tenantId }: UserPrincipal,
  phase: string | undefined,
): { readonly where?: { readonly index: string; readonly value: string } } {
  if (role === 'user') return { where: { index: 'user', value: userId } };
  if (role === 'tenant_admin') return { where: { index: 'tenant', value: tenantId } };
  return phase === undefined ? {} : { where: { index: 'phase', value: phase } };
}

async function* decisionItems(
  { parts }: GpuSurface,
  claimId: string,
  { after, limit }: z.infer<typeof eventQuery>,
): AsyncGenerator<ListItem> {
  const names = new NodeNames(parts.enrolments);
  const pages = parts.readModels.list(gpuClaimDecisions.name, {
    where: { index: 'claim', value: claimId },
    ...(after !== undefined && { after }),
    ...(limit !== undefined && { limit }),
  });
  for await (const documents of pages) {
    for (const stored of documents) {
      const document = read<GpuClaimDecisionDocument>(stored);
      const { decision } = document;
      const name = 'nodeId' in decision ? await names.of(decision.nodeId) : '';
      yield { json: JSON.stringify(viewDecision(document, () => name)), stale: stored.parked };
    }
  }
}
