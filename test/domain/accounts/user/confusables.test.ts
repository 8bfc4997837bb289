import t, { type Test } from 'tap';
import { username } from '#domain/accounts/user/index.js';
import { confusableProblem } from '#domain/accounts/user/confusables.js';

const refused = (t: Test, names: readonly string[], problem: RegExp): void => {
  for (const name of names) t.match(confusableProblem(name) ?? 'taken', problem, JSON.stringify(name));
};

void t.test('a name with invisible characters is refused', async (t) => {
  const invisible = [
    '\u034f',
    '\ufe0f',
    '\u3164',
    '\u115f',
    '\u17b4',
    '\u{e0100}',
    '\u200b',
    '\u200d',
    '\u2060',
    '\u00ad',
    '\uffa0',
    '\u180b',
    '\u{e0041}',
    '\u061c',
  ];
  refused(
    t,
    invisible.flatMap((sign) => [`admin${sign}`, `ad${sign}min`]),
    /invisible/,
  );
  for (const sign of invisible) t.notOk(username.safeParse(`admin${sign}`).success);
  refused(t, ['admi\u0307n', 'j\u0307oe'], /invisible/);
});

void t.test('a name that mixes scripts or imitates plain letters is refused', async (t) => {
  refused(t, ['аdmin', 'admіn', 'αdmin', 'rооt', 'аｄmin', 'Ωmega', 'anа'], /different scripts/);
  refused(t, ['ɑdmin', 'admın', 'ɑｄｍｉｎ', 'Роса', 'ΑΒΕ', 'ѕсоре', 'οο'], /looks like an ASCII name/);
});

void t.test('names of people are accepted in any script', async (t) => {
  for (const name of [
    'admin',
    'ann.b_c-d@x+y',
    'José',
    'José'.normalize('NFD'),
    'Анна',
    'Дмитрий',
    'Γιώργος',
    'ışıl',
    'İpek',
    'Straße',
    '用户',
    '王Anna',
    'たなか',
    'タナカ',
    '김철수',
    'محمد',
    'דוד',
    'अमित',
    'สมชาย',
    'ａｂ',
    'Зоя7',
    'Nguyễn',
    'ꮳ𝔞'.slice(0, 1),
  ]) {
    t.equal(confusableProblem(name), undefined, name);
  }
});
