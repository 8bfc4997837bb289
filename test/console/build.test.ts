import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import t from 'tap';

const BUILT = resolve(import.meta.dirname, '../../../bundle/console');
const ASSETS = join(BUILT, 'assets');
const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
const names = readdirSync(ASSETS);
const text = (name: string): string => readFileSync(join(ASSETS, name), 'utf8');

void t.test('the first page loads at most 150 kB of scripts and 20 kB of styles', async (t) => {
  const first = [...html.matchAll(/(?:src|href)="\/console\/assets\/([^"]+)"/g)].map(([, name = '']) => name);
  const size = (suffix: string): number =>
    first
      .filter((name) => name.endsWith(suffix))
      .reduce((sum, name) => sum + gzipSync(text(name), { level: 9 }).length, 0);
  t.ok(size('.js') > 50_000, 'the scripts were found');
  t.ok(size('.js') <= 150_000, `scripts: ${size('.js')} bytes`);
  t.ok(size('.css') > 1000 && size('.css') <= 20_000, `styles: ${size('.css')} bytes`);
});

/** A little more than the largest page needs, so that a page grows only on purpose. */
const MOST_OF_A_PAGE = 30_000;

void t.test('each page that is loaded later adds at most 30 kB of scripts', async (t) => {
  const scripts = names.filter((name) => name.endsWith('.js'));
  const named = (pattern: RegExp, name: string): string[] =>
    [...text(name).matchAll(pattern)].map(([, found = '']) => found);
  const first = new Set(named(/\/console\/assets\/([^"]+\.js)"/g, '../index.html'));
  const pages = new Set(scripts.flatMap((name) => named(/\bimport\("\.\/([^"]+\.js)"\)/g, name)));
  t.ok(pages.size > 20, 'the pages were found');
  for (const page of pages) {
    const loaded = new Set([page]);
    for (const name of loaded)
      for (const next of named(/(?:\bfrom|\bimport)"\.\/([^"]+\.js)"/g, name))
        if (!first.has(next)) loaded.add(next);
    const size = [...loaded].reduce((sum, name) => sum + gzipSync(text(name), { level: 9 }).length, 0);
    t.ok(size > 0 && size <= MOST_OF_A_PAGE, `${page}: ${size} bytes`);
  }
});

void t.test('the page complies with its content security policy', async (t) => {
  t.notMatch(html, /<style|style=|<script>|\son[a-z]+="|https?:\/\/(?!www\.w3\.org)/);
  for (const name of names.filter((each) => each.endsWith('.js')))
    t.notMatch(text(name), /\beval\(|new Function\(/, name);
});

void t.test('compressed copies have the same content as the originals', async (t) => {
  const compressed = names.filter((name) => name.endsWith('.gz'));
  t.ok(compressed.length > 5);
  for (const name of compressed) {
    const plain = name.slice(0, -'.gz'.length);
    t.equal(gunzipSync(readFileSync(join(ASSETS, name))).toString(), text(plain), name);
    t.equal(
      brotliDecompressSync(readFileSync(join(ASSETS, `${plain}.br`))).toString(),
      text(plain),
      `${plain}.br`,
    );
  }
});

void t.test(
  'a single stylesheet contains the styles of all parts, including lazily loaded ones',
  async (t) => {
    t.equal(names.filter((name) => name.endsWith('.css')).length, 1);
    const source = resolve(BUILT, '../../console');
    const modules = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.module.css'))
      .sort();
    const imported = [
      ...readFileSync(join(source, 'styles/all.ts'), 'utf8').matchAll(/import '\.\.\/(.+\.module\.css)';/g),
    ].map(([, path = '']) => path);
    t.same(imported.sort(), modules);
  },
);

void t.test('the licence file lists the bundled packages', async (t) => {
  const licences = readFileSync(join(BUILT, 'licences.txt'), 'utf8');
  for (const name of [
    'react',
    'react-dom',
    '@tanstack/react-router',
    '@tanstack/react-query',
    'lucide-react',
    'anser',
  ])
    t.match(licences, new RegExp(`^${name.replace('/', '\\/')} \\d`, 'm'), name);
  t.match(licences, /free of charge/);
});
