import { randomBytes } from 'node:crypto';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { SEEN_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import type { NodeSeen } from '#domain/kernel/ports/presence-broadcast.js';
import { shareSeenOverNats } from '#src/fleet/nodes/nats/seen.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { onEachNats, openLink } from '../../../../fixtures/nats-scene.js';
import { logger } from '../cluster.js';

t.setTimeout(300_000 * PATIENCE);

/** Longer than the pauses of a busy machine, because a check relies on a batch being sent after this interval. */
const EVERY_MS = 50 * PATIENCE;

onEachNats(
  t,
  'servers share with each other which nodes they have seen, and ignore their own messages',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary, maxPayload: 16_384 });
    const key = randomBytes(32);
    const open = (server: string) => {
      const link = openLink(t, nats.url);
      const shared = shareSeenOverNats({ link, clock: systemClock, logger, server, key, everyMs: EVERY_MS });
      t.teardown(() => shared.close());
      const heard: NodeSeen[] = [];
      shared.onSeen((seen) => heard.push(...seen));
      return { link, shared, heard };
    };
    const [one, two] = [open('one'), open('two')];
    await eventually(() => one.shared.connected && two.shared.connected);
    // A connected member has subscribed, and a round trip shows that NATS has the subscription. Earlier messages are lost.
    await eventually(() => two.shared.check());
    one.shared.publish({ nodeId: 'n1', epoch: 3, resources: { cpu_used: 5 }, lists: true });
    await eventually(() => two.shared.check());
    // A check returns after all messages that were sent before it.
    t.match(two.heard, [{ nodeId: 'n1', epoch: 3, resources: { cpu_used: 5 }, lists: true, ageMs: Number }]);
    t.same(one.heard, []);

    const many = Array.from({ length: 1200 }, (_, index) => `n${index}`);
    for (const nodeId of many)
      one.shared.publish({ nodeId, epoch: 1, resources: {}, lists: true, listed: [nodeId] });
    await eventually(() => two.heard.length === many.length + 1, {
      what: 'all batches, each small enough for a message',
    });
    for (const junk of ['', '{', '{"server":"x","seen":7}']) one.link.publish(SEEN_SUBJECT, junk);
    await eventually(() => two.shared.check());

    let interruptions = 0;
    two.shared.onInterrupted(() => (interruptions += 1));
    await nats.kill();
    await eventually(() => !two.shared.connected);
    t.notOk(await two.shared.check(), 'a check fails without NATS');
    await nats.start();
    await eventually(() => interruptions === 1 && one.shared.connected && two.shared.connected, {
      what: 'the reconnection of both servers',
    });
    await eventually(() => two.shared.check());
    one.shared.publish({ nodeId: 'back', epoch: 1, resources: {}, lists: false });
    await eventually(() => two.heard.some(({ nodeId }) => nodeId === 'back'));
  },
);
