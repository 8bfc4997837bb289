import t from 'tap';
import { carriedAddress, isWithin, kindOfAddress, parseRange } from '#agents/platform/address.js';

/** Addresses that tasks may not call by default, by kind. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'this machine': ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd00:ec2::254', 'fdff::1'],
  'private (carrier-grade NAT)': ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
  'link-local': ['169.254.169.254', '169.254.0.1', 'fe80::1', 'febf::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  broadcast: ['255.255.255.255'],
  'for benchmarks': ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'a metadata service': ['168.63.129.16'],
  reserved: [
    '192.0.0.192',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '192.88.99.1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '5f00::1',
    'fec0::1',
    '::7f00:1',
    'no address',
  ],
  'IPv4 inside IPv6': ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1'],
  'IPv4 inside IPv6 (NAT64)': ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1'],
  'IPv4 inside IPv6 (6to4)': ['2002:7f00:1::', '2002:a9fe:a9fe::1'],
  'IPv4 inside IPv6 (Teredo)': ['2001:0:4136:e378:8000:63bf:80ff:fffe'],
};

void t.test('classifies addresses outside the Internet', (t) => {
  for (const [kind, addresses] of Object.entries(REFUSED))
    for (const address of addresses) t.equal(kindOfAddress(address), kind, address);
  t.equal(kindOfAddress('[fe80::1%eth0]'), 'link-local', 'an address in brackets with a zone is classified');
  t.end();
});

void t.test('does not classify Internet addresses', (t) => {
  for (const address of [
    '1.1.1.1',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '198.17.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])
    t.equal(kindOfAddress(address), undefined, address);
  t.end();
});

void t.test('extracts an IPv4 address that is embedded in an IPv6 address', (t) => {
  const carried = {
    '::ffff:127.0.0.1': '127.0.0.1',
    '::ffff:7f00:1': '127.0.0.1',
    '::ffff:0:127.0.0.1': '127.0.0.1',
    '::127.0.0.1': '127.0.0.1',
    '64:ff9b::10.0.0.1': '10.0.0.1',
    '2002:a00:1::5': '10.0.0.1',
    '2001:0:4136:e378:8000:63bf:80ff:fffe': '127.0.0.1',
    '127.0.0.1': '127.0.0.1',
    '::1': '::1',
    '::': '::',
    'FD00:0:0::1': 'fd00::1',
  };
  for (const [address, inner] of Object.entries(carried)) t.equal(carriedAddress(address), inner, address);
  t.end();
});

void t.test('matches an address only against a range of the same family', (t) => {
  t.ok(isWithin('10.1.2.3', parseRange('10.0.0.0/8')));
  t.notOk(isWithin('11.0.0.1', parseRange('10.0.0.0/8')));
  t.notOk(isWithin('::ffff:10.0.0.1', parseRange('10.0.0.0/8')));
  t.ok(isWithin('fd00::1', parseRange('fd00::/8')));
  t.notOk(isWithin('no address', parseRange('0.0.0.0/0')));
  t.end();
});
