// Gives one user of an EventStoreDB what a Muster server needs, and takes streams away from everybody else who is no administrator:
//
//   MUSTER_EVENTSTORE_ADMIN_URL='esdb://admin:…@n1:2113,n2:2113,n3:2113?tls=true&tlsCAFile=/etc/muster/ca.crt' node deploy/eventstoredb/rights.mjs muster
//
// The URL, which has an administrator's password, comes by the environment: arguments are shown to every user of the machine.
// Run again it changes nothing. Other users of the store need rights of their own then (metadata of their streams).
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { EventStoreDBClient, jsonEvent } = require('@eventstore/db-client');

const url = process.env.MUSTER_EVENTSTORE_ADMIN_URL;
const user = process.argv[2];
if (!url || !user || user.startsWith('$')) {
  console.error('usage: MUSTER_EVENTSTORE_ADMIN_URL=esdb://… node rights.mjs USER');
  process.exit(64);
}

const roles = [user, '$admins'];
/** Of streams without rights of their own: Muster's are among them. */
const SETTINGS = {
  $userStreamAcl: { $r: roles, $w: roles, $d: roles, $mr: roles, $mw: roles },
  $systemStreamAcl: { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' },
};

const client = EventStoreDBClient.connectionString(url);
try {
  const { metadata = {} } = await client.getStreamMetadata('$all');
  const acl = { ...metadata.acl, readRoles: roles };
  if (JSON.stringify(acl) !== JSON.stringify(metadata.acl ?? {})) await client.setStreamMetadata('$all', { ...metadata, acl });
  if ((await newestSettings()) !== JSON.stringify(SETTINGS))
    await client.appendToStream('$settings', jsonEvent({ id: randomUUID(), type: 'update-default-acl', data: SETTINGS }));
  console.log(`${user} may read $all, and read and write every stream that has no rights of its own`);
} finally {
  await client.dispose();
}

async function newestSettings() {
  try {
    for await (const { event } of client.readStream('$settings', { direction: 'backwards', fromRevision: 'end', maxCount: 1 }))
      return JSON.stringify(event?.data);
  } catch (error) {
    if (error.type !== 'stream-not-found') throw error;
  }
  return undefined;
}
