import { randomBytes } from 'node:crypto';
import { connect, type Msg } from 'nats';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { SEEN_SUBJECT, WORKERS_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import { ServerMessages } from '#src/messaging/server-messages.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { onEachNats, openLink } from '../../fixtures/nats-scene.js';
import { NatsServer } from '../../fixtures/nats-server.js';
import { logger } from '../fleet/nodes/cluster.js';

t.setTimeout(60_000 * PATIENCE);

onEachNats(
  t,
  'only servers of the log can send messages to servers, and each is accepted once',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const key = randomBytes(32);
    const open = (server: string, ofKey = key, ahead = 0) =>
      new ServerMessages({
        link: openLink(t, nats.url, server),
        clock: { ...systemClock, now: () => systemClock.now() + ahead },
        logger,
        key: ofKey,
        server,
      });
    const heard: string[] = [];
    const [one, two] = [open('one'), open('two')];
    two.subscribe(SEEN_SUBJECT, ({ data }) => void heard.push(Buffer.from(data).toString()));
    one.subscribe(SEEN_SUBJECT, () => t.fail('a server hears itself'));
    const thief = await connect(nats.login);
    t.teardown(() => thief.close());
    const recorded: Msg[] = [];
    thief.subscribe('muster.>', {
      callback: (error, message) => void (error === null && recorded.push(message)),
    });
    await thief.flush();
    let sent = 0;
    await eventually(() => one.publish(SEEN_SUBJECT, { number: (sent += 1) }) && heard.length > 0);
    const [first] = recorded;
    if (first === undefined) throw new Error('nothing was recorded');
    t.notMatch(Buffer.from(first.data).toString('latin1'), /number/, 'the message cannot be read');

    one.publish(SEEN_SUBJECT, { mark: true });
    await eventually(() => heard.some((each) => each.includes('mark')));
    heard.length = 0;
    const again = (subject: string, data: Uint8Array | string): void =>
      thief.publish(subject, data, first.headers === undefined ? {} : { headers: first.headers });
    again(SEEN_SUBJECT, first.data);
    again(WORKERS_SUBJECT, first.data);
    const altered = Buffer.from(first.data);
    altered.writeUInt8(altered.readUInt8(40) ^ 1, 40);
    again(SEEN_SUBJECT, altered);
    again(SEEN_SUBJECT, '{"number":7}');
    thief.publish(SEEN_SUBJECT, '{"number":7}');
    await thief.flush();
    for (const [server, ofKey, ahead] of [
      ['of another log', randomBytes(32), 0],
      ['with another clock', key, 61_000],
      ['with another clock', key, -61_000],
    ] as const) {
      const other = open(server, ofKey, ahead);
      await eventually(() => other.publish(SEEN_SUBJECT, { number: 8 }));
    }
    // A server that has just started has heard nothing yet: it refuses only what is old.
    const late = open('late', key, 61_000);
    late.subscribe(SEEN_SUBJECT, () => t.fail('an old message was accepted'));
    await eventually(() => late.publish(WORKERS_SUBJECT, {}));
    again(SEEN_SUBJECT, first.data);
    await thief.flush();
    one.publish(SEEN_SUBJECT, { number: 'last' });
    await eventually(() => heard.some((each) => each.includes('last')));
    t.same(heard, ['{"number":"last"}']);
  },
);
