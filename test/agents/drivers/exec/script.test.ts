import t from 'tap';
import { interpreterOf } from '#agents/drivers/exec/script.js';

void t.test('the first line chooses the interpreter, as in a file', async (t) => {
  for (const [command, expected] of [
    ['#!/bin/bash\necho', ['/bin/bash']],
    ['#! /bin/bash -eu\necho', ['/bin/bash', '-eu']],
    ['#!/usr/bin/env -S python3 -u\r\nprint()', ['/usr/bin/env', '-S python3 -u']],
    ['#!/bin/bash', ['/bin/bash']],
    ['#!\necho', undefined],
    ['# !/bin/bash\necho', undefined],
    ['\n#!/bin/bash\necho', undefined],
    ['echo; #!/bin/bash', undefined],
  ] as const)
    t.same(interpreterOf({ command }), expected, command);
  t.equal(interpreterOf({ command: '#!/bin/bash', args: [] }), undefined, 'a program with arguments');
});
