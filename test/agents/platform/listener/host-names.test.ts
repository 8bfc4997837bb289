import t from 'tap';
import { HostNames, nameIn } from '#agents/platform/listener/index.js';

const LOOPBACK = [
  'localhost',
  'localhost:8080',
  'LocalHost:1',
  'localhost.',
  '127.0.0.1',
  '127.0.0.1:8080',
  '127.8.9.1:80',
  '[::1]',
  '[::1]:8080',
  '[0:0:0:0:0:0:0:1]:80',
];
const FOREIGN = [
  'evil.example',
  'evil.example:8080',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'localhost@evil.example',
  'localhost/',
  ' localhost',
  'localhost:x',
  '',
  ':8080',
  '::1',
  '[::1',
  '[evil]',
  'a b',
  '127.0.0.1,evil.example',
  '2130706433',
  '0x7f.1',
];

void t.test('accepts only loopback host names when it listens on loopback', async (t) => {
  const names = new HostNames({ listen: '127.0.0.1' });
  for (const host of LOOPBACK) t.ok(names.answersTo(host), host);
  for (const host of [...FOREIGN, '10.0.0.5', '[fd00::5]']) t.notOk(names.answersTo(host), host);
  for (const host of LOOPBACK) t.ok(names.answersTo(host), `${host}, again`);
});

void t.test(
  'accepts the address it listens on, or every address for a wildcard, but no other names',
  async (t) => {
    const one = new HostNames({ listen: '10.0.0.5' });
    t.same(
      ['10.0.0.5:8080', '10.0.0.6', 'localhost'].map((host) => one.answersTo(host)),
      [true, false, true],
    );
    const named = new HostNames({ listen: 'muster.internal' });
    t.same(
      ['MUSTER.internal:1', 'other.internal'].map((host) => named.answersTo(host)),
      [true, false],
    );
    const six = new HostNames({ listen: 'fd00::5' });
    t.same(
      ['[fd00::5]:8080', '[fd00:0:0::5]', '[fd00::6]'].map((host) => six.answersTo(host)),
      [true, true, false],
    );
    for (const listen of ['0.0.0.0', '::']) {
      const names = new HostNames({ listen });
      for (const host of [...LOOPBACK, '10.0.0.5:80', '203.0.113.9', '[fd00::5]:80', '[::ffff:10.0.0.5]'])
        t.ok(names.answersTo(host), `${listen} ${host}`);
      for (const host of FOREIGN) t.notOk(names.answersTo(host), `${listen} ${host}`);
    }
  },
);

void t.test('accepts configured names and the hosts of advertised URLs', async (t) => {
  const later: { url?: string } = {};
  const names = new HostNames({
    listen: '127.0.0.1',
    allowed: ['Muster.Example', 'front.example:8443', '[fd00::7]'],
    advertised: () => ['http://nat.example:9000', later.url],
  });
  for (const host of [
    'muster.example',
    'muster.example:81',
    'front.example',
    'front.example:8443',
    '[fd00::7]:1',
    'nat.example:1234',
  ])
    t.ok(names.answersTo(host), host);
  t.notOk(names.answersTo('later.example'));
  later.url = 'http://later.example:1';
  t.ok(names.answersTo('later.example:1'));
  t.notOk(names.answersTo('www.muster.example'));
});

void t.test('still checks names correctly after its cache has overflowed', async (t) => {
  const names = new HostNames({ listen: '0.0.0.0' });
  for (let index = 0; index < 3000; index += 1) t.ok(names.answersTo(`10.0.${index >> 8}.${index & 255}`));
  t.notOk(names.answersTo('evil.example'));
});

void t.test('extracts a name from a host with or without a port', async (t) => {
  t.same(['A.b:80', 'a.b.', '[::1]:80', '::1', 'a:b'].map(nameIn), [
    'a.b',
    'a.b',
    '::1',
    undefined,
    undefined,
  ]);
});
