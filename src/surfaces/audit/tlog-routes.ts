import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { exportedEvent } from '#src/features/backup/index.js';
import { describeFork, parseTilePath, type ServedTransparencyLog } from '#src/features/transparency/index.js';
import {
  access,
  byteStream,
  errors,
  json,
  media,
  positionText,
  REVALIDATED,
  type CallParts,
  type Scope,
  type SurfaceHost,
} from '#src/http/index.js';
import { on, tlogErrors } from './tlog-errors.js';

const ofTree = { ...access.auditor, namesMoments: true, waits: 'nothing' } as const;
const PLAIN = 'text/plain; charset=utf-8';

const evidence = z
  .object({
    event: z
      .object({
        stream: z.string(),
        revision: z.number().int(),
        id: z.string(),
        type: z.string(),
        data: z.string().meta({ description: 'The stored value, byte for byte' }),
        metadata: z.string().meta({ description: 'The stored value, byte for byte' }),
        position: z.string().meta({
          description:
            'Position of the event. Not covered by the proof, because an import assigns new positions',
        }),
        created: z.number().meta({
          description: 'Time of the event, in milliseconds since the Unix epoch. Not covered by the proof',
        }),
      })
      .meta({ description: 'The event, in the format of a line of an export' }),
    proof: z.string().meta({
      description:
        "Proof in the format c2sp.org/tlog-proof: index, inclusion proof and signed checkpoint. It can be verified offline with the log's public key",
    }),
  })
  .meta({ id: 'Evidence', description: 'An event with its proof' });

const tilePath = (request: { readonly params: { readonly '*': string } }): string => request.params['*'];

/** What the routes of the transparency log use of the server. */
export interface ProofParts extends CallParts {
  /** Undefined if it is disabled. */
  readonly transparency?: ServedTransparencyLog | undefined;
}

/** Serves the transparency log in the formats of c2sp.org/tlog-tiles. All of it can be verified without trusting this server. */
export function tlogReads(
  app: Scope,
  { parts: { transparency } }: Pick<SurfaceHost<ProofParts>, 'parts'>,
): void {
  app.get(
    '/audit/tlog/checkpoint',
    {
      config: ofTree,
      schema: {
        tags: ['proof'],
        operationId: 'audit_readCheckpoint',
        summary: 'Get the signed checkpoint',
        description:
          'Returns the size and root of the Merkle tree of all events, as a signed note (c2sp.org/tlog-checkpoint). Keep a copy: it later shows whether the events up to that point were altered. The tiles of the tree are at `/audit/tlog/tile/<L>/<N>[.p/<W>]` and its entries at `/audit/tlog/tile/entries/<N>[.p/<W>]`, as specified in c2sp.org/tlog-tiles.',
        response: { 200: media('A signed note', 'text/plain'), ...errors(404, 409) },
      },
    },
    async (_request, reply) => {
      const note = on(transparency).checkpoint();
      if (note === undefined) throw unsigned(transparency, 'no checkpoint is signed');
      return reply.type(PLAIN).send(note);
    },
  );

  app.get(
    '/audit/tlog/key',
    {
      config: ofTree,
      schema: {
        tags: ['proof'],
        operationId: 'audit_readLogKey',
        summary: 'Get the public key of the log',
        description:
          "Returns the Ed25519 key that verifies checkpoints, as one line `name+id+key` (c2sp.org/signed-note). Store it where the server's operator cannot change it.",
        response: { 200: media('A verifier key', 'text/plain'), ...errors(404, 409) },
      },
    },
    async (_request, reply) => {
      const vkey = on(transparency).vkey();
      if (vkey === undefined) throw unsigned(transparency, 'the log has no key');
      return reply.type(PLAIN).send(`${vkey}\n`);
    },
  );

  // Not in the OpenAPI description, which cannot describe paths of arbitrary depth.
  app.get(
    '/audit/tlog/tile/*',
    {
      config: ofTree,
      schema: {
        hide: true,
        params: z.strictObject({ '*': z.string().max(100) }),
        response: { 200: byteStream('A tile', { 'application/octet-stream': 'Hashes, or entries' }) },
      },
    },
    async (request, reply) => {
      const path = tilePath(request);
      const name = parseTilePath(path);
      const tile = name === undefined ? undefined : await on(transparency).tile(name);
      if (tile === 'altered')
        throw new MusterError(tlogErrors.MUSTER_E_TLOG_ALTERED, { what: `the entries of tile ${path} are` });
      if (tile === undefined) throw new MusterError(tlogErrors.MUSTER_E_TILE_NOT_FOUND, { path });
      return reply.type('application/octet-stream').header('cache-control', REVALIDATED).send(tile);
    },
  );

  app.get(
    '/audit/events/:position/evidence',
    {
      config: ofTree,
      schema: {
        tags: ['proof'],
        operationId: 'audit_readEvidence',
        summary: 'Get the evidence of an event',
        description:
          'Returns an event with a proof that it is in the log. Anyone can verify the proof offline with the public key of the log.',
        params: z.strictObject({ position: positionText.meta({ description: 'Position of the event' }) }),
        response: { 200: json('The event and its proof', evidence), ...errors(404, 409) },
      },
    },
    async (request) => {
      const { position } = request.params;
      const found = await on(transparency).evidence(BigInt(position));
      if (found === 'unknown') throw new MusterError(tlogErrors.MUSTER_E_EVENT_NOT_FOUND, { position });
      if (found === 'altered')
        throw new MusterError(tlogErrors.MUSTER_E_TLOG_ALTERED, {
          what: `the event at position ${position} is`,
        });
      if (found === 'unsigned')
        throw unsigned(transparency, `the event at position ${position} is not signed`);
      return { event: exportedEvent(found.event), proof: found.proof };
    },
  );
}

function unsigned(transparency: ServedTransparencyLog | undefined, what: string): MusterError {
  const fork = transparency?.status()?.fork;
  if (fork !== undefined)
    return new MusterError(tlogErrors.MUSTER_E_TLOG_FORKED, { problem: describeFork(fork) });
  return new MusterError(tlogErrors.MUSTER_E_TLOG_UNSIGNED, { what });
}
