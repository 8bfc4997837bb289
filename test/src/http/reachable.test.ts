import t from 'tap';
import { isReachable, type Reached } from '#src/http/reachable.js';

const LOCAL: Reached = { host: '127.0.0.1' };

void t.test('detects reachability by address or public name', async (t) => {
  const reached: readonly (readonly [Reached, boolean])[] = [
    [LOCAL, false],
    [{ host: '::1' }, false],
    [
      {
        host: 'localhost',
        allowedHosts: ['localhost:8080', '127.0.0.1', '[::1]:80'],
        serverUrl: 'http://[::1]:8080',
      },
      false,
    ],
    [{ host: '0.0.0.0' }, true],
    [{ host: '::' }, true],
    [{ host: '192.0.2.1' }, true],
    [{ ...LOCAL, allowedHosts: ['muster.example'] }, true],
    [{ ...LOCAL, allowedHosts: ['localhost', 'muster.example:8443'] }, true],
    [{ ...LOCAL, serverUrl: 'https://muster.example' }, true],
    [{ ...LOCAL, serverUrl: 'http://127.0.0.1:8080' }, false],
  ];
  for (const [settings, expected] of reached)
    t.equal(isReachable(settings), expected, JSON.stringify(settings));
});
