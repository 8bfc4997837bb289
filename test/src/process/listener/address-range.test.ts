import t from 'tap';
import { isAddressRange } from '#src/process/listener/address-range.js';

void t.test('accepts addresses and ranges, but no range that contains all addresses', async (t) => {
  for (const good of ['127.0.0.2', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/1'])
    t.ok(isAddressRange(good), good);
  for (const bad of [
    '',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'proxy',
    '10.0.0.1:80',
    'fe80::1%eth0',
    '10.0.0.0/-1',
    '10.0.0.0/0x8',
  ])
    t.notOk(isAddressRange(bad), bad);
});
