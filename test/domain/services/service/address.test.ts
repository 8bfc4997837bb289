import t from 'tap';
import { networkNameOf, referencesIn, withAddresses } from '#domain/services/service/index.js';

void t.test('makes a DNS label of the name of a service', async (t) => {
  const of = (name: string): string => networkNameOf({ name, type: 'web' });
  t.equal(of('orders'), 'orders');
  t.equal(of('My Orders (2)'), 'my-orders-2');
  t.equal(of('база'), 'web', 'without a usable character the type is used');
  t.match(of(`${'a'.repeat(62)} b`), /^a{62}$/);
});

void t.test('finds references to services in a text, and leaves every other text unchanged', async (t) => {
  t.same(referencesIn('{{service.a.b.host}}:{{service.a b.port}}'), [
    { service: 'a.b', part: 'host' },
    { service: 'a b', part: 'port' },
  ]);
  for (const text of ['{{service}}', '{{ service.a.host }}', '{{SERVICE.a.host}}', 'service.a.host'])
    t.same(referencesIn(text), [], text);
  for (const text of ['{{service.a}}', '{{service..host}}', '{{service.a.password}}'])
    t.match(referencesIn(text), [{ problem: /must be \{\{service\.NAME\.PART\}\}/ }], text);
  t.equal(
    withAddresses('{{service.a.host}} {{HOST}} {{service.a.x}}', () => '{{service.a.port}} $&'),
    '{{service.a.port}} $& {{HOST}} {{service.a.x}}',
    'a value is never interpreted',
  );
});
