import fc from 'fast-check';
import t from 'tap';
import { masked, piecesOf, secretsOf, variablesOf, type Secrets, type TaskWork } from '#domain/task/index.js';

void t.test('what is put into one environment comes out of it as it was, a long body too', async (t) => {
  const value = fc.string({ maxLength: 20 });
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,5}$/), { maxLength: 4 });
  const map = names.chain((keys) =>
    fc.tuple(...keys.map(() => value)).map((values) => Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']))),
  );
  fc.assert(
    fc.property(map, fc.array(value, { maxLength: 12 }), fc.option(fc.integer({ min: 0, max: 95_000 }), { nil: undefined }), (values, words, length) => {
      const body = length === undefined ? undefined : 'ab\u{1f600}'.repeat(length / 4 + 1).slice(0, length);
      const shell: TaskWork = { executor: 'shell', command: 'true' };
      const python: TaskWork = { executor: 'python', command: 'a.py', arguments: words.length };
      const http: TaskWork = { executor: 'http', url: 'https://a/', method: 'POST', headers: Object.keys(values), bodyPieces: piecesOf(body).length };
      const environment = Object.keys(values).length > 0 && { environment: values };
      const same = (work: TaskWork, secrets: Secrets): void => void t.same(secretsOf(work, variablesOf(secrets) ?? {}), secrets);
      same(shell, { ...environment });
      same(python, { ...environment, ...(words.length > 0 && { arguments: words }) });
      same(http, { ...(Object.keys(values).length > 0 && { headers: values }), ...(body !== undefined && { body }) });
    }),
    { numRuns: 50 },
  );
  t.equal(variablesOf({}), undefined);
});

void t.test('those who may not see it see what there is', async (t) => {
  t.same(masked({ environment: { A: 'b' }, arguments: ['x', 'y'], headers: { H: 'v' }, body: 'z' }), {
    environment: { A: '***' },
    arguments: ['***', '***'],
    headers: { H: '***' },
    body: '***',
  });
  t.same(masked({}), {});
});
