import t from 'tap';
import { z } from 'zod';
import { section, setting } from '#domain/kernel/settings/section.js';
import { amounts, numberRange } from '#domain/kernel/settings/kinds.js';

const retention = section(
  {
    mebibytes: setting('MUSTER_X_MIB', z.coerce.number().int().min(1).default(2), 'how much'),
    hosts: setting('MUSTER_X_HOSTS', amounts.optional(), 'of which', { unset: 'unset: all' }),
  },
  ({ mebibytes, hosts }) => ({ bytes: mebibytes * 1_048_576, hosts }),
);

void t.test('a section computes its values from the variables that it declares', (t) => {
  t.same(retention.read({ MUSTER_OTHER: '1' }), { value: { bytes: 2_097_152, hosts: undefined } });
  t.same(retention.read({ MUSTER_X_MIB: '1', MUSTER_X_HOSTS: 'a=1,b=2' }), {
    value: { bytes: 1_048_576, hosts: { a: 1, b: 2 } },
  });
  t.end();
});

void t.test('each problem of a section is reported with the name of its variable', (t) => {
  const read = retention.read({ MUSTER_X_MIB: '0', MUSTER_X_HOSTS: 'a=b' });
  t.ok('problems' in read);
  t.match('problems' in read ? read.problems : [], [
    /^MUSTER_X_MIB: /,
    /^MUSTER_X_HOSTS: must be a whole number$/,
  ]);
  t.end();
});

void t.test('a range consists of two numbers joined by a hyphen', (t) => {
  const ports = numberRange(5, 'ports', '20000-32000');
  t.same(ports.parse('1024-2048'), { first: 1024, last: 2048 });
  for (const bad of ['1024', '1024-', '-2048', '1-123456', 'a-b'])
    t.throws(() => ports.parse(bad), /must be a range of ports such as 20000-32000/, bad);
  t.end();
});
