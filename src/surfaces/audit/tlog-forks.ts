import { z } from 'zod';
import { cluster } from '#domain/cluster/aggregate.js';
import { MAX_REASON } from '#domain/cluster/events.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { adoptionOrigin, describeFork, type FollowerStatus } from '#src/features/transparency/index.js';
import { access, errors, json, SurfaceCalls, type Scope, type SurfaceHost } from '#src/http/index.js';
import { on, tlogErrors } from './tlog-errors.js';
import type { ProofParts } from './tlog-routes.js';

const tree = z.object({
  origin: z.string().meta({ description: 'Name of the tree' }),
  size: z.number().int().meta({ description: 'Number of events' }),
  root: z.string().meta({ description: 'Hash of all events, in base64' }),
});

const fork = z
  .object({
    signed: tree.meta({ description: 'The latest signed checkpoint' }),
    log: tree.optional().meta({ description: 'The current log; absent if it has no Muster events' }),
    first: z
      .object({
        index: z.number().int().meta({ description: 'Zero-based index of the entry' }),
        position: z.string().optional().meta({
          description: 'Position of the event that is now at this index; absent if the log ends before it',
        }),
      })
      .optional()
      .meta({ description: 'The first entry that differs; absent if unknown' }),
  })
  .meta({ id: 'LogFork', description: 'A log that does not match what was signed' });

const status = z
  .object({
    state: z.enum(['starting', 'following', 'rebuilding', 'forked', 'failed']).meta({
      description:
        '`rebuilding`: the tree is being rebuilt and will then be compared with what was signed. `forked`: the log does not match what was signed, so signing has stopped',
    }),
    origin: z.string().optional().meta({ description: 'Name of the tree; absent while it is empty' }),
    size: z.number().int().meta({ description: 'Number of events in the tree' }),
    signed: z.number().int().meta({ description: 'Number of events in the latest checkpoint' }),
    problem: z.string().optional(),
    fork: fork.optional(),
    witnesses: z
      .array(
        z.object({
          name: z.string(),
          url: z.string(),
          cosigned: z.number().int().meta({
            description:
              'Number of events in the latest checkpoint that the witness has cosigned since this server started',
          }),
          problem: z.string().optional(),
        }),
      )
      .meta({ description: 'Witnesses that cosign checkpoints' }),
  })
  .meta({ id: 'TransparencyStatus', description: 'The state of the transparency log on this server' });

const adopted = z
  .object({
    origin: z.string().meta({ description: 'New name of the tree' }),
    signed: tree,
    log: tree,
  })
  .meta({ id: 'AdoptedFork', description: 'A fork that was adopted' });

const adoption = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1)
    .max(MAX_REASON)
    .meta({ description: 'Why the log differs from what was signed, for auditors' }),
});

/** Routes that show how the log differs from what was signed, and that adopt a fork. */
export function tlogForks(app: Scope, host: SurfaceHost<ProofParts>): void {
  const { transparency } = host.parts;
  const calls = new SurfaceCalls('audit', host);

  app.get(
    '/audit/tlog/status',
    {
      config: { ...access.auditor, namesMoments: true, waits: 'nothing' },
      schema: {
        tags: ['proof'],
        operationId: 'audit_readTransparencyStatus',
        summary: 'Get the state of the transparency log',
        description:
          'Returns how many events are signed, and how the log differs from what was signed, if it does.',
        response: { 200: json('The state of the log on this server', status), ...errors(404) },
      },
    },
    async (_request) => {
      const log = on(transparency);
      return statusOf(log.status(), log.origin());
    },
  );

  app.post(
    '/audit/tlog/adopt',
    {
      config: { ...access.operator, waits: 'nothing' },
      schema: {
        tags: ['proof'],
        operationId: 'audit_adoptFork',
        summary: 'Adopt a fork',
        description:
          'Accepts that the log does not match what was signed, because it was restored from an older copy. The event `LogForkAdopted` records who did it and why. Signing continues under a new name, so auditors detect the fork.',
        body: adoption,
        response: { 200: json('The fork was adopted', adopted), ...errors(400, 404, 409) },
      },
    },
    async (request, reply) => {
      const log = on(transparency);
      const context = calls.context(request);
      const repeated = await calls.repeats(reply, cluster, '', context);
      const before = repeated?.events.find((event) => event.type === 'LogForkAdopted');
      if (before !== undefined) return answerOf(before.data);
      const found = log.status()?.fork;
      const origin = found && adoptionOrigin(found);
      if (found?.log === undefined || origin === undefined)
        throw new MusterError(tlogErrors.MUSTER_E_TLOG_NOT_FORKED, {});
      const change = { reason: request.body.reason, origin, signed: found.signed, log: found.log };
      await calls.execute(reply, cluster, '', { kind: 'adopt-fork', ...change }, context);
      return answerOf(change);
    },
  );
}

function answerOf({ origin, signed, log }: z.infer<typeof adopted>): z.infer<typeof adopted> {
  return { origin, signed, log };
}

function statusOf(now: FollowerStatus | undefined, origin: string | undefined): z.infer<typeof status> {
  const named = origin !== undefined && { origin };
  if (now === undefined) return { state: 'starting', ...named, size: 0, signed: 0, witnesses: [] };
  const { size, signed, problem, isRebuilding } = now;
  const witnesses = now.witnesses.map(({ problem: wrong, ...witness }) => ({
    ...witness,
    ...(wrong !== undefined && { problem: wrong }),
  }));
  const counts = { ...named, size, signed, witnesses };
  if (now.fork !== undefined)
    return { state: 'forked', ...counts, problem: describeFork(now.fork), fork: plain(now.fork) };
  if (problem !== undefined) return { state: 'failed', ...counts, problem };
  return { state: isRebuilding ? 'rebuilding' : 'following', ...counts };
}

function plain({ signed, log, first }: NonNullable<FollowerStatus['fork']>): z.infer<typeof fork> {
  const where = first && {
    index: first.index,
    ...(first.position !== undefined && { position: first.position }),
  };
  return { signed, ...(log && { log }), ...(where && { first: where }) };
}
