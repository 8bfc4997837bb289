import t from 'tap';
import { canBeOthers } from '../fixtures/other-user.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { servedStore } from '../fixtures/wire-server.js';
import { startAgent } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(60_000);

const refused = { 'exec.tenants': 'refused', 'exec.tenants_refused_for': 'open_store' };

void t.test('an agent learns of an open store before it registers, even one that knew none', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const { server } = await servedStore(t, { localAccess: 'open' });
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  peer.tellsPartsFirst = true;
  peer.ownParts = `esdb://127.0.0.1:${new URL(server.url.replace('esdb:', 'http:')).port}`;
  await startAgent(t, { dataDir: ownFolder(t), serverUrl: peer.url, tenantsShareTmp: true });
  await until(() => peer.heartbeats.length > 0);
  t.equal(peer.registrations.length, 1, 'it registers once');
  t.match(peer.registrations[0]?.attributes, refused);
  t.equal(peer.asked, 1);

  peer.ownParts = 'esdb://127.0.0.1:1';
  peer.epoch += 1;
  await until(() => peer.registrations.length === 2);
  t.match(peer.registrations[1]?.attributes, { 'exec.tenants': 'accepted' }, 'it asks each time');
});

void t.test(
  'an older server registers an agent that asks, which registers again for an open store',
  async (t) => {
    if (!required(t, canBeOthers(), 'root, setpriv')) return;
    const { server } = await servedStore(t, { localAccess: 'open' });
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    await startAgent(t, { dataDir: ownFolder(t), serverUrl: peer.url, tenantsShareTmp: true });
    await until(() => peer.heartbeats.length > 0);
    t.equal(peer.registrations.length, 1);
    peer.ownParts = `esdb://127.0.0.1:${new URL(server.url.replace('esdb:', 'http:')).port}`;
    peer.epoch += 1;
    await until(() => peer.registrations.length === 3);
    t.match(peer.registrations[1]?.attributes, { 'exec.tenants': 'accepted' });
    t.match(peer.registrations[2]?.attributes, refused);
  },
);
