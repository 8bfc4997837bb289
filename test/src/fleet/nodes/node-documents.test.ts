import t from 'tap';
import { MAX_TEXT_BLOB_BYTES } from '#domain/protocol/index.js';
import { NodeDocuments } from '#src/fleet/nodes/node-documents.js';
import { HOSTILE_HASHES, hashOf, keptTexts } from '../../../fixtures/documents.js';

const log = () => {
  const said: unknown[] = [];
  return { said, error: (fields: unknown) => void said.push(fields) };
};

void t.test('asks each source until one has the text, and caches it', async (t) => {
  const [first, second] = [keptTexts('one'), keptTexts('two')];
  const documents = new NodeDocuments([first, second], log());
  t.equal(await documents.read(hashOf('two')), 'two');
  t.equal(await documents.read(hashOf('two')), 'two');
  t.equal(await documents.read(hashOf('one')), 'one');
  t.same([first.asked, second.asked], [[hashOf('two'), hashOf('one')], [hashOf('two')]]);
});

void t.test('refuses a missing text as not found until a source has it', async (t) => {
  const kept: string[] = [];
  const documents = new NodeDocuments([async () => kept[0]], log());
  await t.rejects(documents.read(hashOf('later')), {
    code: 'MUSTER_E_DOCUMENT_NOT_FOUND',
    message: `there is no document ${hashOf('later')}`,
  });
  kept.push('later');
  t.equal(await documents.read(hashOf('later')), 'later');
});

void t.test('asks no source for an invalid hash', async (t) => {
  const source = keptTexts('hello');
  const documents = new NodeDocuments([source], log());
  for (const hash of HOSTILE_HASHES)
    await t.rejects(
      documents.read(hash),
      { code: 'MUSTER_E_DOCUMENT_NOT_FOUND' },
      JSON.stringify(hash.slice(0, 80)),
    );
  t.same(source.asked, []);
});

void t.test('logs a wrong or too large text, and asks the next source', async (t) => {
  const large = 'x'.repeat(MAX_TEXT_BLOB_BYTES + 1);
  const { said, error } = log();
  const wrong = new NodeDocuments([async () => 'another'], { error });
  await t.rejects(wrong.read(hashOf('hello')), { code: 'MUSTER_E_DOCUMENT_NOT_FOUND' });
  await t.rejects(new NodeDocuments([keptTexts(large)], { error }).read(hashOf(large)), {
    code: 'MUSTER_E_DOCUMENT_NOT_FOUND',
  });
  t.match(said, [
    {
      code: 'nodes.document.wrong',
      hash: hashOf('hello'),
      problem: `has the SHA-256 ${hashOf('another')}`,
    },
    { code: 'nodes.document.wrong', problem: 'is larger than 131072 bytes' },
  ]);
  t.equal(
    await new NodeDocuments([async () => 'another', keptTexts('hello')], { error }).read(hashOf('hello')),
    'hello',
  );
});

void t.test('throws the error of a source if no other source has the text', async (t) => {
  const failing = async (): Promise<never> => {
    throw new Error('the models are away');
  };
  t.equal(await new NodeDocuments([failing, keptTexts('hello')], log()).read(hashOf('hello')), 'hello');
  await t.rejects(new NodeDocuments([failing, keptTexts()], log()).read(hashOf('hello')), {
    message: 'the models are away',
  });
});
