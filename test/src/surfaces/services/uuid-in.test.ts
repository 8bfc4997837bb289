import t from 'tap';
import { uuidIn } from '#src/surfaces/services/uuid-in.js';

void t.test('accepts a UUID in any case', async (t) => {
  t.equal(uuidIn('550E8400-e29b-41d4-A716-446655440000', 'user'), '550e8400-e29b-41d4-a716-446655440000');
});

void t.test('reports an invalid UUID without repeating it', async (t) => {
  for (const path of [
    '',
    '1',
    'operator-key',
    '550e8400e29b41d4a716446655440000',
    '{550e8400-e29b-41d4-a716-446655440000}',
    ' 550e8400-e29b-41d4-a716-446655440000',
    '550e8400-e29b-41d4-a716-44665544000g',
  ])
    t.throws(
      () => uuidIn(path, 'service'),
      { code: 'MUSTER_E_ID_INVALID', status: 400, message: 'Invalid service ID' },
      path,
    );
});
