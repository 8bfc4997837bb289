import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { nodeSubjects } from '#agents/platform/transport/nats/subjects.js';
import { Challenges } from '#agents/platform/challenges.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import { askSealed, onEachNats, openLink, startNatsScene } from '../../../../fixtures/nats-scene.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { TOKEN } from './scene.js';

t.setTimeout(60_000 * PATIENCE);

onEachNats(t, 'a message that answers an old challenge is refused by every server', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const server = await startNatsScene(t, nats.url, { joinToken: TOKEN });
  const link = openLink(t, nats.url, 'agent');
  await link.whenConnected(10_000);
  const registration = { node_id: 'n1', ip_address: '10.0.0.9', resources: { cpu: 4000, memory: 4096 } };
  const first = await askSealed(link, TOKEN, nodeSubjects.register('n1'), registration);
  t.match(first, { status: 200, fields: { 'x-muster-node-secret': String, 'x-muster-challenge': String } });
  const secret = first.fields['x-muster-node-secret'] ?? '';
  const beat = async (challenge: string | undefined) =>
    await askSealed(
      link,
      secret,
      nodeSubjects.heartbeat('n1'),
      { node_id: 'n1' },
      challenge === undefined ? {} : { 'x-muster-challenge': challenge },
    );
  t.match(await beat(first.fields['x-muster-challenge']), { status: 200 });
  const minuteAgo = { ...systemClock, now: () => systemClock.now() - 61_000 };
  const old = await beat(new Challenges((time) => server.root.digest('challenges', time), minuteAgo).issue());
  t.match(old, { status: 428, fields: { 'x-muster-challenge': String } });
  t.match(await beat('forged'), { status: 428 });
  t.match(await beat(old.fields['x-muster-challenge']), { status: 200 }, 'the new challenge is accepted');
  t.match(await beat(undefined), { status: 200 }, 'agents of older releases answer no challenge');
});
