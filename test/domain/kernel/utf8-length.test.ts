import t from 'tap';
import { utf8Length } from '#domain/kernel/utf8-length.js';

void t.test('the length of a text is the number of bytes in its UTF-8 encoding', async (t) => {
  for (const text of [
    '',
    'abc',
    '\u007f',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\ud7ff',
    '\ue000',
    '作业',
    'aé作',
    '\u{1F600}',
  ])
    t.equal(utf8Length(text), Buffer.byteLength(text), text);
});
