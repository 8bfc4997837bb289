import t from 'tap';
import { WITHHELD, withhold } from '#domain/kernel/published-event.js';

void t.test('sealed values are withheld at any depth', async (t) => {
  const sealed = 'sealed:1:user.1:AAAA';
  t.equal(withhold(sealed), WITHHELD);
  t.strictSame(withhold([sealed, 'a', [sealed]]), [WITHHELD, 'a', [WITHHELD]]);
  t.strictSame(withhold({ a: { b: [{ c: sealed }] } }), { a: { b: [{ c: WITHHELD }] } });
  t.equal(withhold('it is sealed: no'), 'it is sealed: no');
});

void t.test(
  'text in secret fields is withheld, but values of other types in such fields are not',
  async (t) => {
    for (const name of ['password', 'newPassword', 'clientSecret', 'joinToken', 'hash', 'CREDENTIAL'])
      t.strictSame(withhold({ [name]: 'x', other: 'y' }), { [name]: WITHHELD, other: 'y' }, name);
    t.strictSame(withhold({ tokens: 5, hashes: ['a'], secret: null, password: { length: 3 } }), {
      tokens: 5,
      hashes: ['a'],
      secret: null,
      password: { length: 3 },
    });
  },
);

void t.test('only the names of environment variables are published', async (t) => {
  t.strictSame(withhold({ tasks: [{ env: { A: 'x', B: '' } }] }), {
    tasks: [{ env: { A: WITHHELD, B: WITHHELD } }],
  });
  t.strictSame(withhold({ env: 'prod' }), { env: 'prod' }, 'a text named env is not an environment');
  t.strictSame(withhold({ env: null, A: 'x' }), { env: null, A: 'x' });
  t.strictSame(withhold({ environment: { A: 'x' } }), { environment: { A: 'x' } });
});

void t.test('values that are not text stay unchanged', async (t) => {
  for (const value of [1, true, null, undefined, {}, []]) t.strictSame(withhold(value), value);
});
