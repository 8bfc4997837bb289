import t from 'tap';
import {
  channelKeyOf,
  HeardMessages,
  isMessageId,
  newMessageId,
  seal,
  unseal,
  type MessagePlace,
} from '#agents/platform/transport/sealed-message.js';

const SECRET = `musnode_${Buffer.from('n.1').toString('base64url')}_${'s'.repeat(43)}`;
const key = channelKeyOf(SECRET);
const place: MessagePlace = { direction: 'request', subject: 'muster.node.bi4x.orders', id: newMessageId() };
const message = {
  fields: { 'x-muster-epoch': '1', absent: undefined },
  body: Buffer.from('{"order":"stop"}'),
};

void t.test('unseals a message only with the same secret, direction, subject and id', (t) => {
  const sealed = seal(key, place, message);
  const opened = unseal(channelKeyOf(SECRET), place, sealed);
  t.match(opened, { fields: { 'x-muster-epoch': '1' } });
  t.equal(Buffer.from(opened?.body ?? []).toString(), '{"order":"stop"}');
  t.notMatch(Buffer.from(sealed).toString('latin1'), /order|epoch/);
  t.not(
    Buffer.from(seal(key, place, message)).toString('hex'),
    Buffer.from(sealed).toString('hex'),
    'sealing a message twice gives different bytes',
  );
  const others: readonly MessagePlace[] = [
    { ...place, direction: 'reply' },
    { ...place, subject: 'muster.node.bi4x.query' },
    { ...place, subject: 'muster.node.bi4y.orders' },
    { ...place, id: newMessageId() },
  ];
  for (const other of others) t.equal(unseal(key, other, sealed), undefined, JSON.stringify(other));
  for (const secret of [`${SECRET}x`, SECRET.replace('bi4x', 'bi4y'), 'a-join-token-of-16', ''])
    t.equal(unseal(channelKeyOf(secret), place, sealed), undefined);
  t.end();
});

void t.test('unseals no message with an altered or missing byte', (t) => {
  const sealed = seal(key, place, message);
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Uint8Array.from(sealed);
    altered[at] = (altered[at] ?? 0) ^ 0x80;
    if (unseal(key, place, altered) !== undefined) t.fail(`byte ${at}`);
    if (unseal(key, place, sealed.subarray(0, at)) !== undefined) t.fail(`cut at ${at}`);
  }
  t.equal(unseal(key, place, Buffer.concat([sealed, Buffer.from([0])])), undefined);
  t.equal(unseal(key, place, new Uint8Array()), undefined);
  t.end();
});

void t.test("the name of a key is its node's id in base64url, or `join` for the join token", (t) => {
  t.equal(key.name, 'bi4x');
  t.equal(channelKeyOf('a-join-token-of-16').name, 'join');
  t.equal(Buffer.from(key.key).includes(Buffer.from('s'.repeat(8))), false);
  t.end();
});

void t.test('accepts a message only once, until 65,536 other messages have arrived', (t) => {
  const heard = new HeardMessages();
  const first = newMessageId();
  t.ok(isMessageId(first));
  t.same([heard.isNew(first), heard.isNew(first)], [true, false]);
  for (let each = 0; each < 65_535; each += 1) heard.isNew(String(each));
  t.notOk(heard.isNew(first));
  heard.isNew('one more');
  t.ok(heard.isNew(first), 'the oldest message id is forgotten');
  for (const id of ['', 'x', undefined, `${first}x`, first.replace(/.$/, '=')]) t.notOk(isMessageId(id));
  t.end();
});
