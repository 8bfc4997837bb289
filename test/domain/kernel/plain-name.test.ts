import t from 'tap';
import { checkNewName, comparedName, VISIBLE_CHARACTER } from '#domain/kernel/plain-name.js';

/** Invisible texts: spaces, joiners, fillers, marks, controls. */
const UNSEEN = [
  ' ',
  '\t \n',
  '\u00a0',
  '\u200b',
  '\u200d\u2060',
  '\ufeff',
  '\u3164',
  '\u115f\u1160',
  '\u2800',
  '\u0301',
  '\u202e',
  '\u00ad',
  '\u{e0041}',
];

void t.test('a name must contain a visible character', async (t) => {
  for (const name of UNSEEN) {
    const code = [...name].map((each) => each.codePointAt(0)?.toString(16)).join(' ');
    t.notOk(VISIBLE_CHARACTER.test(name), code);
    t.throws(
      () => checkNewName('name', name, 'none'),
      { code: 'MUSTER_E_INVALID', message: /name: must contain a visible character/ },
      code,
    );
  }
  for (const name of ['a', 'é', 'é'.normalize('NFD'), '夜', '-', '🚀', 'a\u200d', ' x ', 'ㅎ', 'क्'])
    t.ok(VISIBLE_CHARACTER.test(name), name);
});

void t.test(
  'a name must not contain hidden characters, except those that languages and emoji need',
  async (t) => {
    for (const hidden of [
      '\u202e',
      '\u2066',
      '\u200b',
      '\u200e',
      '\u00ad',
      '\n',
      '\u001b',
      '\u0085',
      '\u2028',
      '\ufff9',
      '\u{e0041}',
    ])
      t.throws(
        () => checkNewName('name', `a${hidden}b`, 'number'),
        { code: 'MUSTER_E_INVALID', message: /name: must not contain invisible characters/ },
        String(hidden.codePointAt(0)),
      );
    for (const name of [
      'می\u200cخواهم',
      'क्\u200dष',
      '❤\ufe0f',
      '👩\u200d💻',
      'ᠠ\u180b',
      'a\u00a0b',
      '葛\u{e0100}',
    ])
      checkNewName('name', name, 'number');
    checkNewName('name', 'a\u202eb', 'number', 'a\u202eb');
  },
);

void t.test('a name must not look like the id of another object', async (t) => {
  const uuid = '0B7E7B0C-52c4-5a0e-8d0a-1f6f0c1d9a77';
  for (const name of ['1', '007', '123456789012345678901234567890']) {
    t.throws(() => checkNewName('name', name, 'number'), { message: /name: must not be a number/ }, name);
    checkNewName('name', name, 'uuid');
    checkNewName('name', name, 'none');
  }
  t.throws(() => checkNewName('name', uuid, 'uuid'), { message: /name: must not be a UUID/ });
  checkNewName('name', uuid, 'number');
  for (const name of ['1a', '1.0', '-1', '１２', '#1', 'task-1', `${uuid}x`])
    for (const ids of ['number', 'uuid'] as const) checkNewName('name', name, ids);
});

void t.test('an object may keep an invalid name, but cannot be renamed to another invalid one', async (t) => {
  checkNewName('name', '123', 'number', '123');
  checkNewName('name', 'é\u0301'.normalize('NFC'), 'number', 'é\u0301'.normalize('NFD'));
  checkNewName('name', '\u200b', 'number', '\u200b');
  t.throws(() => checkNewName('name', '124', 'number', '123'));
});

void t.test('spellings that Unicode treats as equivalent are the same name', async (t) => {
  t.equal(comparedName('Größe'.normalize('NFD')), comparedName('Größe'.normalize('NFC')));
  t.not(comparedName('ﬁ'), comparedName('fi'), 'names that only look alike are different');
});
