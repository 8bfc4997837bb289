import t from 'tap';
import { bytesText } from '#domain/kernel/bytes.js';

void t.test('formats bytes as people write limits', async (t) => {
  const MIB = 1024 ** 2;
  for (const [bytes, text] of [
    [0, '0 bytes'],
    [948, '948 bytes'],
    [1000, '1,000 bytes'],
    [100_000, '97.7 KiB'],
    [50 * MIB, '50 MiB'],
    [1500 * MIB, '1,500 MiB'],
    [1536 * MIB + 1, '1.5 GiB'],
    [1024 * MIB, '1 GiB'],
    [100 * 1024 * MIB, '100 GiB'],
    [2048 * 1024 ** 4, '2,048 TiB'],
  ] as const)
    t.equal(bytesText(bytes), text);
});
