import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { FetchedDocuments } from '#agents/fetched-documents.js';
import { codedLog } from '#agents/platform/log.js';
import { joinTokenOf } from '#agents/platform/transport/nats/options.js';
import { createNatsServerClient } from '#agents/platform/transport/nats/server-client.js';
import { nodeSubjects } from '#agents/platform/transport/nats/subjects.js';
import { MAX_TEXT_BLOB_BYTES } from '#domain/protocol/index.js';
import { logger } from '../cluster.js';
import { PATIENCE } from '../../../../fixtures/eventually.js';
import { HOSTILE_HASHES, hashOf, keptTexts } from '../../../../fixtures/documents.js';
import { NatsServer, type NatsServerBinary } from '../../../../fixtures/nats-server.js';
import { askSealed, onEachNats, openLink, startNatsScene } from '../../../../fixtures/nats-scene.js';

const TOKEN = 'join-token-of-16+';
const never = new AbortController().signal;
/** Texts of the largest size: of characters with six bytes in JSON, of characters with four bytes in UTF-8, and with quotes. */
const LARGE = [
  '\u0001'.repeat(MAX_TEXT_BLOB_BYTES),
  '😀'.repeat(MAX_TEXT_BLOB_BYTES / 4),
  'x"'.repeat(MAX_TEXT_BLOB_BYTES / 2),
];

async function scene(
  t: Test,
  binary: NatsServerBinary,
  { joinToken, maxPayload }: { joinToken?: string; maxPayload?: number } = {},
) {
  const nats = await NatsServer.start(t, { binary, ...(maxPayload !== undefined && { maxPayload }) });
  const source = keptTexts('hello', ...LARGE);
  await startNatsScene(t, nats.url, { documents: [source], ...(joinToken !== undefined && { joinToken }) });
  const link = openLink(t, nats.url, 'agent');
  await link.whenConnected(10_000);
  const client = createNatsServerClient({
    link,
    joinToken: joinToken ?? joinTokenOf(nats.url),
    requestTimeoutMs: 1000 * PATIENCE,
  });
  t.teardown(() => client.close());
  const documents = new FetchedDocuments({
    nodeId: 'n.1',
    client,
    clock: systemClock,
    log: codedLog(logger),
    random: () => 0,
  });
  const ask = async (subject: string, body: object, secret = joinToken ?? joinTokenOf(nats.url) ?? '') => {
    const answer = await askSealed(link, secret, subject, body);
    return {
      status: String(answer.status),
      secret: answer.fields['x-muster-node-secret'],
      body: answer.body as { error?: string },
    };
  };
  return { nats, source, documents, ask };
}

onEachNats(t, 'a node fetches a text even if it is larger than the largest message', async (t, binary) => {
  const { source, documents } = await scene(t, binary, { maxPayload: 65_536 });
  t.equal(await documents.fetch(hashOf('hello'), never), 'hello');
  for (const text of LARGE) t.ok((await documents.fetch(hashOf(text), never)) === text);
  t.same(source.asked, ['hello', ...LARGE].map(hashOf), 'the source is read once for all pages of a text');
  await t.rejects(documents.fetch(hashOf('another'), never), {
    message: `the server has no document ${hashOf('another')}: there is no document ${hashOf('another')}`,
  });
});

onEachNats(t, 'a text arrives once NATS is back', async (t, binary) => {
  const { nats, documents } = await scene(t, binary);
  await nats.kill();
  const coming = documents.fetch(hashOf('hello'), never);
  await nats.start();
  t.equal(await coming, 'hello');
});

onEachNats(
  t,
  'an invalid hash is not found, and a malformed request is refused with the reason',
  async (t, binary) => {
    const { ask, source } = await scene(t, binary);
    const subject = nodeSubjects.document('n.1');
    for (const hash of HOSTILE_HASHES)
      t.match(
        await ask(subject, { node_id: 'n.1', hash }),
        { status: '404', body: { error: 'there is no document ?' } },
        JSON.stringify(hash),
      );
    const hash = hashOf('hello');
    for (const [body, error] of [
      [{ node_id: 'n.1' }, /^hash: /],
      [{ node_id: 'n.1', hash: 7 }, /^hash: /],
      [{ node_id: 'n.1', hash: 'x'.repeat(257) }, /^hash: /],
      [{ node_id: 'n.1', hash, after: -1 }, /^after: /],
      [{ node_id: 'n.1', hash, after: 0.5 }, /^after: /],
      [
        { node_id: 'n.1', hash, after: 6 },
        /^after: must be the number of bytes in the pages received so far$/,
      ],
      [{ node_id: 'n.1', hash, more: true }, /more/],
      [{ node_id: 'n2', hash }, /^node_id: must match the node id in the subject$/],
    ] as const)
      t.match(
        await ask(subject, body),
        { status: '400', body: { error } },
        JSON.stringify(body).slice(0, 80),
      );
    t.same(source.asked, [hash]);
  },
);

onEachNats(t, 'a document is only sent to a node that uses its own secret', async (t, binary) => {
  const { ask, source } = await scene(t, binary, { joinToken: TOKEN });
  const secretOf = async (node_id: string) =>
    (await ask(nodeSubjects.register(node_id), { node_id, ip_address: '10.0.0.1', resources: {} }, TOKEN))
      .secret;
  const [own, other] = [await secretOf('n.1'), await secretOf('n2')];
  const fetched = async (token = '') =>
    (await ask(nodeSubjects.document('n.1'), { node_id: 'n.1', hash: hashOf('hello') }, token)).status;
  for (const token of ['another-token-of-16', other]) t.equal(await fetched(token), '401');
  t.same(source.asked, [], 'nothing is looked up for an unauthorized request');
  t.equal(await fetched(own), '200');
  t.equal(await fetched(TOKEN), '401', 'the join token is refused once the node has used its own secret');
});
