import t from 'tap';
import { blockedInWords, SERVICE_GROUP } from '#domain/service/index.js';

void t.test('What an instance waits for is told in words', (t) => {
  const cases = [
    [{ nodes: 0, filtered: {}, exhausted: {} }, 'there is no node'],
    [{ nodes: 2, filtered: { 'driver docker': 1 }, exhausted: { memory: 1 } }, '1 of 2 nodes: driver docker, 1 of 2 nodes lack memory'],
    [{ nodes: 1, filtered: {}, exhausted: { 'volume service.29c53fc9-b113-5382-947e-20bd88c28580.data': 1 } }, 'its volume data is still in use'],
    [{ nodes: 1, filtered: {}, exhausted: {} }, 'no node has room'],
  ] as const;
  for (const [reason, words] of cases) t.equal(blockedInWords({ [SERVICE_GROUP]: { unplaced: 1, short: {}, ...reason } }), words);
  t.end();
});
