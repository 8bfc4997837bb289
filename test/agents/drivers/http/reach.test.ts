import t from 'tap';
import { parseEndpointList, type Endpoint } from '#agents/platform/endpoint-list.js';
import { OwnParts } from '#agents/drivers/http/own-parts.js';
import { Reach } from '#agents/drivers/http/reach.js';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['1.1.1.1', '2606:4700::1111'],
  localhost: ['127.0.0.1', '::1'],
  'localhost.localdomain': ['127.0.0.1'],
  'metadata.google.internal': ['169.254.169.254'],
  'intern.example': ['10.0.0.5'],
  'half.example': ['1.1.1.1', '10.0.0.5'],
  'mapped.example': ['::ffff:10.0.0.5'],
  'nat64.example': ['64:ff9b::a00:5'],
  'ula.example': ['fd00::5'],
  'zero.example': ['0.0.0.0'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'muster.example': ['1.2.3.4'],
  'nothing.example': [],
};

function reach(allowed = '', own: readonly Endpoint[] = [], machine: readonly string[] = []): Reach {
  const resolve = async (name: string): Promise<readonly string[]> => {
    const found = NAMES[name];
    if (found === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    return found;
  };
  return new Reach(
    parseEndpointList(allowed),
    new OwnParts(
      () => own,
      resolve,
      () => new Set(machine),
    ),
    resolve,
  );
}

/** Spellings of addresses outside the Internet, and redirects to them. */
const REFUSED = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.000.000.001',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0x7F.0x0.0x0.0x1',
  '017700000001',
  '0177.0.0.1',
  '0177.1',
  '00000177.0.0.1',
  '127.0.0.1.',
  '127.255.255.255',
  '0',
  '0.0.0.0',
  '0x0',
  '0.0.0',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.0.0.1',
  '%31%32%37.0.0.1',
  '127.0.0.%31',
  '10.0.0.1',
  '10.1',
  '167772161',
  '0xa000001',
  '012.0.0.1',
  '172.16.5.4',
  '172.31.1',
  '192.168.0.1',
  '192.168.257',
  '3232235521',
  '0xc0.0xa8.1',
  '169.254.169.254',
  '169.254.43518',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '025177524776',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '4294967295',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:10.0.0.1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:0:10.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
  '[2001:db8::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[FE80::A9FE:A9FE]',
  '[ff02::1]',
  '[fec0::1]',
  '[100::1]',
  'localhost',
  'localhost.',
  'LOCALHOST',
  'LocalHost.',
  'ｌｏｃａｌｈｏｓｔ',
  'localhost.localdomain',
  'metadata.google.internal',
  'metadata.google.internal.',
  'intern.example',
  'half.example',
  'mapped.example',
  'nat64.example',
  'ula.example',
  'zero.example',
  '127.0.0.1.nip.io',
];

void t.test('refuses private addresses in every notation', async (t) => {
  t.ok(REFUSED.length >= 60, `${REFUSED.length} spellings`);
  for (const host of REFUSED)
    await t.rejects(reach().look(`http://${host}:8080/latest`), { name: 'CallError' }, host);
  for (const host of ['127.0.0.1', 'half.example', '[64:ff9b::7f00:1]'])
    await t.rejects(
      reach().look(`http://${host}/`),
      { cause: { message: /is not on the public Internet/ } },
      host,
    );
});

void t.test('does not reveal resolved addresses in errors', async (t) => {
  const said = async (host: string): Promise<string> =>
    await reach()
      .look(`http://${host}/secret?token=1`)
      .then(
        () => 'it is reached',
        ({ message }: Error) => message.replace(host, 'HOST'),
      );
  const literal = 'http://HOST cannot be reached: its address is not allowed (MUSTER_HTTP_ALLOW on the node)';
  const named = literal.replace('its address', 'its name cannot be resolved, or its address');
  for (const host of ['intern.example', 'unknown.example', 'nothing.example', 'half.example'])
    t.equal(await said(host), named, host);
  for (const host of ['10.0.0.1', '169.254.169.254', '127.0.0.1:1']) t.equal(await said(host), literal, host);
  await t.rejects(
    reach('unknown.example').look('http://unknown.example/'),
    { message: 'http://unknown.example cannot be reached: its name cannot be resolved' },
    'the operator named this host for tasks, so it is no secret that the name does not exist',
  );
});

void t.test('refuses URLs with other schemes, credentials or other unusual parts', async (t) => {
  const refused = [
    'ftp://public.example/',
    'file:///etc/passwd',
    'gopher://public.example/',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
    '//public.example/',
    'public.example',
  ];
  const odd = [
    'http://user@public.example/',
    'http://user:p@public.example/',
    'http://public.example@127.0.0.1/',
    'http://a\\@public.example/',
    'http://public.example\\@127.0.0.1/',
    'http:///public.example',
    'http://',
  ];
  const spaced = [
    'http://public.example/\r\nHost: x',
    'http://public.example/a b',
    'http://public.exam\tple/',
    'http://public.example/\u0000',
    ' http://public.example/',
    `http://public.example/${'a'.repeat(8192)}`,
  ];
  for (const url of [
    ...refused,
    ...odd,
    ...spaced,
    'http://public.example:99999/',
    'http://[::1',
    'http://[fe80::1%25eth0]/',
  ])
    await t.rejects(reach().look(url), { name: 'CallError' }, url.slice(0, 60));
});

void t.test('returns all resolved addresses of a public host', async (t) => {
  t.match(await reach().look('https://public.example/x'), {
    host: 'public.example',
    port: 443,
    addresses: NAMES['public.example'],
  });
  t.match(await reach().look('http://Public.Example.:81/x'), { host: 'public.example', port: 81 });
  t.match(await reach().look('http://1.1.1.1/'), { host: '1.1.1.1', port: 80, addresses: ['1.1.1.1'] });
  t.match(await reach().look('http://[2606:4700::1111]/'), { host: '2606:4700::1111' });
  await t.rejects(reach().look('http://unknown.example/'), {
    cause: { message: 'its name cannot be resolved (ENOTFOUND)' },
  });
  await t.rejects(reach().look('http://nothing.example/'), { cause: { message: 'its name has no address' } });
});

void t.test("allows an operator's ranges, hosts and ports", async (t) => {
  const reached = async (allowed: string, url: string): Promise<boolean> =>
    await reach(allowed)
      .look(url)
      .then(
        () => true,
        () => false,
      );
  t.ok(await reached('10.0.0.0/8', 'http://intern.example/'));
  t.ok(await reached('10.0.0.0/8', 'http://half.example/'));
  t.ok(await reached('10.0.0.0/8', 'http://mapped.example/'), 'an IPv4 address inside IPv6 is recognized');
  t.ok(await reached('intern.example', 'http://INTERN.example.:9/'));
  t.ok(await reached('10.0.0.5:80', 'http://intern.example/'));
  t.ok(await reached('localhost:3000', 'http://localhost:3000/'));
  t.ok(await reached('[fd00::5]', 'http://ula.example/'));
  t.notOk(await reached('localhost:3000', 'http://localhost:3001/'), 'another port is not allowed');
  t.notOk(await reached('intern.example', 'http://10.0.0.5/'), 'an allowed name does not allow its address');
  t.notOk(await reached('10.0.0.0/8', 'http://192.168.0.1/'));
  t.notOk(await reached('public.example', 'http://intern.example/'));
});

void t.test("refuses Muster's own addresses even if every address is allowed", async (t) => {
  const everything = '0.0.0.0/0,::/0,localhost,intern.example,muster.example';
  const own = [
    { host: '127.0.0.1', port: 8080 },
    { host: 'intern.example', port: 2113 },
    { host: 'muster.example', port: 443 },
    { host: '::', port: 7000 },
    { host: 'gone.example', port: 4222 },
  ];
  const subject = reach(everything, own, ['10.0.0.9', '1.2.3.5']);
  const parts = [
    '127.0.0.1:8080',
    '127.1:8080',
    '127.0.0.2:8080',
    'localhost:8080',
    'localhost.:8080',
    '[::1]:8080',
    '[::ffff:127.0.0.1]:8080',
    '[64:ff9b::7f00:1]:8080',
    '0.0.0.0:8080',
    '[::]:8080',
    '10.0.0.9:8080',
    '1.2.3.5:8080',
    '1.2.3.5:7000',
    '127.0.0.1:7000',
    '10.0.0.5:2113',
    'intern.example:2113',
    'mapped.example:2113',
    'gone.example:4222',
  ];
  for (const part of parts)
    await t.rejects(
      subject.look(`http://${part}/`),
      { cause: { message: /is a component of Muster|cannot be resolved/ } },
      part,
    );
  await t.rejects(subject.look('https://1.2.3.4/'), { cause: { message: /is a component of Muster/ } });
  for (const other of ['127.0.0.1:8081', '10.0.0.5:80', '1.2.3.4:8080', '10.0.0.9:2113'])
    t.ok(await subject.look(`http://${other}/`), other);
});

void t.test('rejects a connection to an address other than the resolved ones', async (t) => {
  const subject = reach();
  const target = await subject.look('http://public.example/');
  subject.check(target, '1.1.1.1');
  subject.check(target, '2606:4700:0::1111');
  for (const address of ['127.0.0.1', '8.8.8.8', undefined])
    t.throws(() => subject.check(target, address), {
      cause: { message: /an address other than the resolved/ },
    });
  t.throws(() => subject.check({ ...target, addresses: ['127.0.0.1'] }, '::ffff:127.0.0.1'), {
    cause: { message: /not on the public Internet/ },
  });
});
