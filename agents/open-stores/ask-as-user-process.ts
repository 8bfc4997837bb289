/** Reads a user and stores from stdin, and prints the stores that are open to this user. */
import { text } from 'node:stream/consumers';
import { letsInClients } from './letting-in.js';
import { askedAsUser, type StorePlace } from './store-place.js';

const { uid, places } = askedAsUser.parse(JSON.parse(await text(process.stdin)));
process.setgroups?.([]);
process.setgid?.(uid);
process.setuid?.(uid);
const open: StorePlace[] = [];
for (const place of places) if (await letsInClients(place)) open.push(place);
process.stdout.write(JSON.stringify(open));
