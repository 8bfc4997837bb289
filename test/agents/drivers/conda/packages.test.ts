import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Packages } from '#agents/drivers/conda/packages.js';
import { ownFolder } from '../../../fixtures/folder.js';

const NAME = 'python-3.11.0-0_cpython';

function tenantOf(t: Test) {
  const top = ownFolder(t);
  const shared = path.join(top, 'packages');
  mkdirSync(shared);
  const unpacked = (build: string, what: string): Packages => {
    const own = path.join(top, build, 'own');
    const packages = new Packages({ own, kept: path.join(top, build, 'kept'), shared }, undefined);
    mkdirSync(path.join(own, NAME, 'info'), { recursive: true });
    writeFileSync(path.join(own, NAME, 'info/index.json'), JSON.stringify({ what }));
    writeFileSync(path.join(own, `${NAME}.lock`), `of ${what}`);
    return packages;
  };
  const found = () => [
    readFileSync(path.join(shared, NAME, 'info/index.json'), 'utf8'),
    readFileSync(path.join(shared, `${NAME}.lock`), 'utf8'),
  ];
  return { shared, unpacked, found };
}

void t.test('if two builds publish the same package, keeps the files of the first', (t) => {
  const { unpacked, shared, found } = tenantOf(t);
  const [one, other] = [unpacked('one', 'one'), unpacked('other', 'other')];
  // Neither build finds the package published yet.
  one.keep();
  other.keep();
  one.publish();
  t.doesNotThrow(() => other.publish());
  t.same(found(), ['{"what":"one"}', 'of one']);
  t.same(readdirSync(shared).sort(), [NAME, `${NAME}.lock`]);
  t.end();
});

void t.test("does not add one build's metadata to a package that another build published", (t) => {
  const { unpacked, shared } = tenantOf(t);
  const other = unpacked('other', 'other');
  other.keep();
  // The first build published the package and was killed before it published the metadata.
  mkdirSync(path.join(shared, NAME, 'info'), { recursive: true });
  other.publish();
  t.notOk(existsSync(path.join(shared, `${NAME}.lock`)), 'the metadata of the other build is not published');
  t.end();
});

void t.test("throws ENOTDIR if a file is in the place of the package's folder", (t) => {
  const { unpacked, shared } = tenantOf(t);
  const one = unpacked('one', 'one');
  one.keep();
  writeFileSync(path.join(shared, NAME), 'a file');
  t.throws(() => one.publish(), { code: 'ENOTDIR' });
  t.end();
});
