import t from 'tap';
import { taskVolume } from '#domain/jobs/job/volume.js';

void t.test('a slash at the end of the path of a volume is ignored, as in Docker', async (t) => {
  const read = (path: string) => taskVolume.safeParse({ name: 'data', path });
  for (const [path, taken] of [
    ['/var/lib/mysql/', '/var/lib/mysql'],
    ['/data/', '/data'],
    ['/data', '/data'],
  ] as const)
    t.same(read(path).data, { name: 'data', path: taken });
  for (const path of ['/', '//', 'data/', '/a//b', '/a//', '/a/../', '/a/./b'])
    t.equal(read(path).success, false, path);
});
