import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import t from 'tap';

const root = resolve(import.meta.dirname, '../../..');

async function markdownFiles(): Promise<string[]> {
  const found = await readdir(join(root, 'docs'), { recursive: true });
  return ['README.md', ...found.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

function mentioned(text: string): string[] {
  const paths = [
    ...text.matchAll(
      /`((?:domain|projections|agents|src|test|docs|openapi|examples)(?:\/[A-Za-z0-9._-]+)*)\/?`/g,
    ),
  ].map((match) => match[1] ?? '');
  return [...new Set(paths)];
}

function linked(text: string): string[] {
  return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

void t.test('every path in the documentation exists', async (t) => {
  const files = await markdownFiles();
  t.ok(files.length > 5, 'documentation was found');
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8');
    for (const path of mentioned(text))
      t.ok(await exists(join(root, path)), `${path}, which ${file} mentions, exists`);
    for (const path of linked(text))
      t.ok(await exists(join(root, dirname(file), path)), `${file} links to ${path}`);
  }
});
