import t from 'tap';
import { endpointsOfUrl, endpointText, parseEndpointList } from '#agents/platform/endpoint-list.js';

void t.test('parses ranges and hosts, with and without ports', (t) => {
  const { ranges, hosts } = parseEndpointList(
    ' 10.0.0.0/8, fd00::/8 ,Wiki.Intern., localhost:3000,[fd00::7]:80,fd00::8,10.0.0.7:8080,',
  );
  t.same(ranges, ['10.0.0.0/8', 'fd00::/8']);
  t.same(hosts, [
    { host: 'wiki.intern' },
    { host: 'localhost', port: 3000 },
    { host: 'fd00::7', port: 80 },
    { host: 'fd00::8' },
    { host: '10.0.0.7', port: 8080 },
  ]);
  t.same(parseEndpointList(''), { ranges: [], hosts: [] });
  t.end();
});

void t.test('reports which entry is invalid', (t) => {
  for (const entry of [
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '010.0.0.0/8',
    'x/8',
    'http://wiki',
    'a b',
    'wiki:0',
    'wiki:70000',
    '*.intern',
    'user@wiki',
  ]) {
    t.throws(
      () => parseEndpointList(`10.0.0.0/8,${entry}`),
      { message: new RegExp(`^${entry.replace(/[*.]/g, '\\$&')} is not an? `) },
      entry,
    );
  }
  t.end();
});

void t.test('lists the hosts of connection URLs', (t) => {
  const hosts = {
    'http://10.0.0.5:7000/': ['10.0.0.5:7000'],
    'http://[::1]:7000': ['[::1]:7000'],
    'https://muster.example': ['muster.example:443'],
    'nats://a:4223,nats://user:p@b': ['a:4223', 'b:4222'],
    'esdb+discover://admin:changeit@store?tls=false': ['store:2113'],
    'mongodb://user:p%40ss@m1,m2:27018/muster?replicaSet=rs': ['m1:27017', 'm2:27018'],
    'tcp://127.0.0.1:2375': ['127.0.0.1:2375'],
    'unix:///var/run/docker.sock': [],
    'nats:4222': ['nats:4222'],
    wiki: ['wiki'],
    '': [],
  };
  for (const [url, expected] of Object.entries(hosts))
    t.same(endpointsOfUrl(url).map(endpointText), expected, url);
  t.end();
});
