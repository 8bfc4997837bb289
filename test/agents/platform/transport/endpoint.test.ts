import t from 'tap';
import { checkAddress, checkEndpoint } from '#agents/platform/transport/endpoint.js';

void t.test('accepts any http(s) host, including internal ones', async (t) => {
  for (const url of [
    'http://10.0.0.5:9000',
    'http://127.0.0.1:1234/',
    'https://agent.example:8443',
    'http://[::1]:80',
    'http://[fd12::1]:9',
    'http://worker-1:9000',
  ]) {
    t.equal(checkEndpoint(url), undefined, url);
  }
});

void t.test('refuses a path, query, fragment, credentials or other scheme', async (t) => {
  for (const url of [
    'http://h/allocations',
    'http://h/?a',
    'http://h/?',
    'http://h/#',
    'http://u@h',
    'http://u:p@h/',
    'ftp://h',
    'file:///etc/passwd',
    'h:80',
    '',
    'http://',
    'http://h:0',
    'http://h:99999',
    'http://a b/',
  ]) {
    t.type(checkEndpoint(url), 'string', url);
  }
});

void t.test('refuses link-local and metadata addresses in every notation', async (t) => {
  for (const host of [
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.1',
    '１６９.254.169.254',
    '[fe80::1]',
    '[febf::1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[::169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::1]',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '168.63.129.16',
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    'instance-data',
  ]) {
    t.type(checkEndpoint(`http://${host}:80`), 'string', host);
  }
  t.type(checkAddress('fe80::1%eth0'), 'string');
  t.equal(checkAddress('worker-1'), undefined);
});
