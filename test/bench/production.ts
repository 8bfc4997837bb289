import { natsServers } from '../fixtures/nats-server.js';
import { productionMissing } from '../fixtures/wiring/production.js';

/** Describes the production wiring of this machine, and names its missing part if there is one. */
export async function productionParts(): Promise<{
  readonly description: string;
  readonly missing: string | undefined;
}> {
  const elsewhere = process.env['MUSTER_TEST_MONGODB_URL'];
  const mongodb =
    elsewhere === undefined
      ? "MongoDB's protocol by FerretDB 1.24.2 on PostgreSQL 15"
      : `MongoDB at ${new URL(elsewhere).host}`;
  const nats = natsServers().at(-1);
  const description = [
    "EventStoreDB's protocol by `muster eventstore` (SQLite, fsync before each answer) in a process of its own",
    mongodb,
    `NATS by nats-server ${nats?.version ?? ''}`,
    'one server with all roles; everything on the same cores as the load',
  ].join('; ');
  return await Promise.resolve({ description, missing: productionMissing() });
}
