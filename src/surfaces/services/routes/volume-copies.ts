import type { FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { VolumeCopyKind } from '#domain/protocol/index.js';
import { volumeErrors } from '#domain/volumes/index.js';
import { once, type CommandContext } from '#domain/kernel/ports/command-executor.js';
import { actorOf } from '#src/accounts/index.js';
import { access, byteStream, errors, json, type Scope } from '#src/http/index.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import { doneOrThrow, nodeShareOf, TenantCommands } from '#src/features/exec/index.js';
import { agentForCopy, VolumeCopySession } from '#src/features/volume-copies/index.js';
import { restoreAccepted, restoreInput, restoreParams, volumeParams } from '../contract/volume.js';
import { takeRestoredValues } from '../restored-values.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['volumes'];
const account = access.account(SERVICES_SURFACE);
const NDJSON = 'application/x-ndjson';
const IN_CASE =
  'Refused while the service is not stopped. Only one copy of a volume is made at a time, and its service waits for the end of it. Who copied which volume, its size, and how it ended are recorded as events.';

export function volumeCopyRoutes(scope: Scope, surface: ServicesSurface): void {
  const running = new TenantCommands('copies of volumes');

  scope.post(
    '/api/v1/volumes/:id/backup',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_backUpVolume',
        summary: 'Back up a volume',
        description: `Extension. Sends the content of a volume as an archive (tar), with owners, modes and links. ${IN_CASE}`,
        params: volumeParams,
        response: {
          200: byteStream('The archive in pieces, one JSON object per line', {
            [NDJSON]:
              'First `{"session":"…"}`. Then `{"stdout":"…"}` with bytes of the archive in base64. The archive is complete if the last line has `"exit_code":0`, and `sha256`, its digest. Otherwise that is `{"error":"…"}`',
          }),
          ...errors(404, 409, 429, 502),
        },
      },
    },
    async (request, reply) => await copy(surface, running, request, reply, 'backup'),
  );

  scope.post(
    '/api/v1/volumes/:id/restore',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_restoreVolume',
        summary: 'Restore a volume',
        description: `Extension. Replaces the content of a volume with that of an archive (tar), which is sent in pieces. If it is a backup of this volume, the service gets a new version with the values of \`initial\` variables that it had then. Nothing is replaced before the node has extracted the whole archive into a second volume, so its disk needs room for twice the new content, or for the old and the new if that is more. Then the restore is completed even if the client disconnects. If the agent ends before that, no service starts with the volume until the restore is repeated. ${IN_CASE}`,
        params: volumeParams,
        response: {
          200: byteStream('What happens to the restore, one JSON object per line', {
            [NDJSON]:
              'First `{"session":"…"}`, for the archive. Then `{"stdout":"…"}` with lines in base64: the number of bytes written, each second, once the content is being replaced. `{"stderr":"…"}` says why it failed. The last line is `{"exit_code":0}`, 1 if nothing was changed, 2 if the volume is incomplete, or `{"error":"…"}` if it is unknown how it ended. It has `sha256` of the archive, and `values` if the service was given the values that the content has: the new version, and the names of the variables',
          }),
          ...errors(404, 409, 429, 502),
        },
      },
    },
    async (request, reply) => await copy(surface, running, request, reply, 'restore'),
  );

  scope.post(
    '/api/v1/volumes/:id/restore/:session/input',
    {
      // Pieces of an archive have no events of their own.
      config: { ...account, unmetered: true, keyless: true },
      schema: {
        tags,
        operationId: 'services_sendVolumeArchive',
        summary: 'Send a piece of the archive to restore',
        description: 'Extension. Sends a piece of the archive to a restore that the caller has started.',
        params: restoreParams,
        body: restoreInput,
        response: { 200: json('Whether the piece was accepted', restoreAccepted), ...errors(404, 409, 502) },
      },
    },
    async (request, reply) => {
      const { id, session } = request.params;
      const { node, volume } = await surface.changeableVolume(request, reply, id);
      const agent = await agentAddressOf(surface.parts.readModels, node);
      const caller = callerOf(request, volume);
      const outcome = await surface.parts.agentChannel.command(agent, 'commandInput', {
        session,
        caller,
        ...request.body,
      });
      return doneOrThrow(outcome, node, () => new MusterError(volumeErrors.MUSTER_E_VOLUME_COPY_NOT_FOUND));
    },
  );
}

async function copy(
  surface: ServicesSurface,
  running: TenantCommands,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  kind: VolumeCopyKind,
): Promise<FastifyReply> {
  const volume = await surface.changeableVolume(request, reply, request.params.id);
  const { parts } = surface;
  const { serviceId, serviceName, tenantId } = volume.holder;
  if ((await surface.living(serviceId)).length > 0)
    throw new MusterError(volumeErrors.MUSTER_E_VOLUME_RUNNING, {
      name: volume.volume,
      service: serviceName,
    });
  const agent = await agentForCopy(parts.readModels, volume);
  const session = parts.ids.uuid();
  const target = {
    agent,
    session,
    caller: callerOf(request, volume.volume),
    share: nodeShareOf(request.principal),
    volume: volume.volume,
    kind,
  };
  const context = { ...once(surface.context(request)), commandId: parts.ids.uuid() };
  const by = surface.account(request);
  const restored = async (of: CommandContext): Promise<object | undefined> => {
    const as = { ...once(of), commandId: parts.ids.uuid(), causationId: of.commandId };
    const values = await takeRestoredValues(surface, by, { serviceId, name: serviceName, tenantId }, as);
    return values && { values };
  };
  const leave = running.enter(request);
  try {
    const live = new VolumeCopySession(
      parts,
      target,
      context,
      surface.followers.admit(reply),
      surface.followers.stopping,
      restored,
    );
    await live.open();
    void live.run().then(leave);
    return await reply.type(NDJSON).header('x-content-type-options', 'nosniff').send(live.lines);
  } catch (error) {
    leave();
    throw error;
  }
}

/** The agent lets only this caller act on the copy. Its name differs for each volume, and from that of who runs a command in a task. */
function callerOf({ principal }: FastifyRequest, volume: string): string {
  return `${actorOf(principal)} ${volume}`;
}
