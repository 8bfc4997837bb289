import t from 'tap';
import { SharedQuery } from '#src/stores/mongodb/shared-query.js';

/** A query whose results the test provides, one for each call. */
function asked() {
  const answers: { readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void }[] =
    [];
  const question = new SharedQuery(
    () => new Promise<string>((resolve, reject) => void answers.push({ resolve, reject })),
  );
  return { answers, question };
}

const turn = (): Promise<void> => new Promise(setImmediate);

void t.test(
  'shares a call in progress, or one that starts after it for callers that need a fresh result',
  async (t) => {
    const { answers, question } = asked();
    const joined = [question.join(), question.join()];
    const afresh = [question.fresh(), question.fresh()];
    await turn();
    t.equal(answers.length, 1);
    answers[0]?.resolve('old');
    t.same(await Promise.all(joined), ['old', 'old']);
    await turn();
    t.equal(answers.length, 2);
    answers[1]?.resolve('new');
    t.same(await Promise.all(afresh), ['new', 'new']);
    void question.fresh();
    await turn();
    t.equal(answers.length, 3, 'a new call starts at once if no other is in progress');
  },
);

void t.test('rejects only the callers that joined the failed call', async (t) => {
  const { answers, question } = asked();
  const joined = question.join();
  const afresh = question.fresh();
  answers[0]?.reject(new Error('away'));
  await t.rejects(joined, { message: 'away' });
  await turn();
  answers[1]?.resolve('there');
  t.equal(await afresh, 'there');
});
