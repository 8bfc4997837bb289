import t from 'tap';
import { MAX_TEXT_BLOB_BYTES } from '#domain/protocol/index.js';
import { NodeDocuments } from '#src/fleet/nodes/node-documents.js';
import { HOSTILE_HASHES, hashOf, keptTexts } from '../../../fixtures/documents.js';

const log = () => {
  const said: unknown[] = [];
  return { said, error: (fields: unknown) => void said.push(fields) };
};

void t.test('each source is asked until one has it, and not again for what is held', async (t) => {
  const [first, second] = [keptTexts('one'), keptTexts('two')];
  const documents = new NodeDocuments([first, second], log());
  t.equal(await documents.read(hashOf('two')), 'two');
  t.equal(await documents.read(hashOf('two')), 'two');
  t.equal(await documents.read(hashOf('one')), 'one');
  t.same([first.asked, second.asked], [[hashOf('two'), hashOf('one')], [hashOf('two')]]);
});

void t.test('what nobody keeps is not found, and found once somebody does', async (t) => {
  const kept: string[] = [];
  const documents = new NodeDocuments([async () => kept[0]], log());
  await t.rejects(documents.read(hashOf('later')), {
    code: 'MUSTER_E_DOCUMENT_NOT_FOUND',
    message: `no document is kept under ${hashOf('later')}`,
  });
  kept.push('later');
  t.equal(await documents.read(hashOf('later')), 'later');
});

void t.test('what is no hash is not found, and no source is asked', async (t) => {
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

void t.test(
  'a text that is not what its name says, or is too large, is told to nobody but the log; another source may have the right one',
  async (t) => {
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
  },
);

void t.test(
  'a source that fails is told where no other has the text: whether it has it is not known',
  async (t) => {
    const failing = async (): Promise<never> => {
      throw new Error('the models are away');
    };
    t.equal(await new NodeDocuments([failing, keptTexts('hello')], log()).read(hashOf('hello')), 'hello');
    await t.rejects(new NodeDocuments([failing, keptTexts()], log()).read(hashOf('hello')), {
      message: 'the models are away',
    });
  },
);
