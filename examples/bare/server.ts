import { randomUUID } from 'node:crypto';
import fastify, { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { catalog } from '#domain/kernel/catalog/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { uncausedContext, type CommandContext } from '#domain/kernel/ports/command-executor.js';
import { commandIdOf, digestOf, openCommandExecutor } from '#src/engine/commands/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { openReadModels, openSqliteStorage, ReadModelEngine } from '#src/engine/read-models/index.js';
import { balances } from './balances.js';
import { deliverTransfers } from './transfers.js';
import { amount, walletName, wallets } from './wallets.js';

const [directory = 'data-bare', port = '3000'] = process.argv.slice(2);

// The parts. Only the log (events.db) is the truth. The read models can be deleted: the engine builds them again from the log.
const store = await openSqliteEventStore({ directory });
const executor = await openCommandExecutor({ store });
const storage = openSqliteStorage(directory);
const projections = [balances];
const engine = new ReadModelEngine({
  catalog: catalog([wallets]),
  mentionedBy: () => [],
  store,
  storage,
  projections,
});
const models = openReadModels({ directory, projections });

// The routes. `receive` is missing in this schema: only the saga may send it.
const walletRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fill'), amount }),
  z.strictObject({ kind: z.literal('send'), to: walletName, amount }),
]);
const POSITION = 'x-position';
const MODELS_TIMEOUT_MS = 5_000;
const http = fastify();

http.post<{ Params: { name: string } }>('/wallets/:name', async (request, reply) => {
  const name = parsed('name', walletName, request.params.name);
  const command = parsed('body', walletRequest, request.body);
  const { state, position, repeated } = await executor.execute(wallets, name, command, contextOf(request));
  reply.header(POSITION, String(position));
  return { wallet: name, balance: state.balance, repeated };
});

/** A caller that sends the position of its last write sees that write, although the read models are updated a little later than the log. */
http.get<{ Params: { name: string } }>('/wallets/:name', async (request, reply) => {
  const position = parsed(POSITION, z.coerce.bigint().default(-1n), request.headers[POSITION]);
  if (!(await models.waitFor(position, MODELS_TIMEOUT_MS)))
    return reply.code(503).send({ message: 'the read models are behind: try again' });
  const document = await models.get(balances.name, request.params.name);
  return reply
    .code(document === undefined ? 404 : 200)
    .type('application/json')
    .send(document?.json ?? '{"message":"there is no such wallet"}');
});

/** Parses what a caller sent. Fastify answers with the status of the error. */
function parsed<Schema extends z.ZodType>(field: string, schema: Schema, value: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw new MusterError('MUSTER_E_INVALID', { field, problem: z.prettifyError(error) });
  return data;
}

/**
 * Describes who sent the command. With an `Idempotency-Key`, the id of the command is derived from the request and stored in its events. The executor
 * finds it there when the request is repeated, even after a restart, and returns the first result. With a different body, it refuses the key.
 */
function contextOf({ method, url, headers, body }: FastifyRequest): CommandContext {
  const caller = { principal: 'anyone', surface: 'bare' };
  const key = headers['idempotency-key'];
  if (typeof key !== 'string') return uncausedContext(randomUUID(), caller.principal, caller.surface);
  const commandId = commandIdOf({ ...caller, method, path: url, idempotencyKey: key });
  return {
    ...uncausedContext(commandId, caller.principal, caller.surface),
    repeatable: true,
    bodyDigest: digestOf(JSON.stringify(body)),
  };
}

// Everything runs until a signal. If a part fails, the process ends, and the next start continues from the log.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
await http.listen({ port: Number(port) });
process.stdout.write(`listening on http://localhost:${port}\n`);
await Promise.all([engine.run(stop.signal), deliverTransfers(store, executor, stop.signal)]);
await http.close();
await models.close();
await storage.close();
await executor.close();
await store.close();
