import fc from 'fast-check';
import t from 'tap';
import { dockerDriver, imageReference, problemOfImage } from '#domain/drivers/docker/index.js';

void t.test('image references are parsed as Docker parses them', async (t) => {
  const good = [
    'busybox',
    'nvidia/cuda:11.8.0-base-ubuntu22.04',
    'registry.example.com:5000/team/image_x__y--z.w:v1.0_A-b',
    'localhost/a',
    'localhost:5000/a:b',
    'UPPER.example/a',
    `a@sha256:${'0'.repeat(64)}`,
    `ghcr.io/a/b:tag@sha256:${'a'.repeat(64)}`,
    '1/2/3',
    'busybox:_',
    `${'a'.repeat(255)}`,
  ];
  const bad = [
    '',
    ' ',
    'a b',
    'A',
    'a/B',
    '-a',
    'a-',
    '.a',
    'a.',
    'a..b',
    'a___b',
    'a/',
    '/a',
    'a//b',
    'a:',
    ':a',
    'a:b:c',
    'a:.b',
    'a@',
    '@a',
    'a@sha256',
    'a@sha256:abc',
    `a@sha256:${'A'.repeat(64)}`,
    'a@b@c',
    'http://a/b',
    'https://a',
    '../etc',
    '../../a',
    'a/../b',
    'a\n',
    '\na',
    'a\0',
    'a;rm -rf /',
    '$(a)',
    '`a`',
    'a|b',
    'a&b',
    "a'b",
    'a"b',
    '-v',
    '--privileged',
    'a?b',
    'a#b',
    'a%20b',
    'é',
    '用户',
    'а',
    '😀',
    'a\u202eb',
    '\ufeffa',
    '__proto__',
    'constructor/',
    '[::1]:5000/a',
    'host:port/a',
    'host:123456/a',
    '-host.x/a',
    'host-.x/a',
    'f'.repeat(64),
    'a'.repeat(256),
    `a:${'b'.repeat(129)}`,
    'a'.repeat(100_000),
  ];
  for (const text of good)
    t.ok(imageReference.safeParse(text).success, `${text}: ${problemOfImage(text) ?? ''}`);
  for (const text of bad) t.notOk(imageReference.safeParse(text).success, JSON.stringify(text.slice(0, 80)));
});

void t.test(
  'every valid image reference is accepted in a job, and hostile ones are refused quickly',
  async () => {
    const piece = fc.constantFrom(
      'a',
      'A',
      '0',
      '-',
      '--',
      '_',
      '__',
      '.',
      '/',
      ':',
      '@',
      'sha256:',
      'localhost',
      'f'.repeat(64),
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (text) => {
          if (!imageReference.safeParse(text).success) return;
          if (!dockerDriver.config.safeParse({ image: text }).success) throw new Error(text);
        },
      ),
    );
    const hostile = [
      'a-'.repeat(200),
      'a.'.repeat(200),
      `${'a-'.repeat(120)}!`,
      `${'a.'.repeat(120)}b:99999999/c`,
      `${'a-'.repeat(250)}.x/y`,
    ];
    for (const text of hostile) problemOfImage(text);
  },
);
