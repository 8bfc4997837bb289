import t from 'tap';
import { objectIn } from '#src/cli/log/find-object.js';

void t.test('an object is its kind and its name, in one word or two', async (t) => {
  t.strictSame(objectIn(['job:hello']), { kind: 'job', given: 'hello' });
  t.strictSame(objectIn(['job', 'hello']), { kind: 'job', given: 'hello' });
  t.strictSame(objectIn(['task:a:b']), { kind: 'task', given: 'a:b' });
  t.strictSame(objectIn(['run:backup/1', undefined]), { kind: 'run', given: 'backup/1' });
  for (const words of [['hello'], ['planet:earth'], ['planet', 'earth'], ['job:'], [':hello'], ['job', '']])
    t.throws(() => objectIn(words), /name the kind and the object, such as job:hello/, words.join(' '));
});
