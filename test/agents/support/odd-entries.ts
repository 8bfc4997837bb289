import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Fills a folder with what tools write, and what archives, Docker's layers or shells treat in a special way. */
export function oddEntries(folder: string): void {
  const at = (name: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  const deep = join('d'.repeat(200), 'e'.repeat(200), 'f'.repeat(200));
  mkdirSync(at(deep), { recursive: true });
  for (const directory of ['empty', 'sub', '.wh.directory', 'volume', '...']) mkdirSync(at(directory));
  for (const name of [
    ...['.wh.file', '.wh..wh..opq', '.wh..wh.plnk', '-rf', 'BZh', ' ', 'a\nb', 'a\tb', 'a\\b', '"', '*', 'é'],
    ...['n'.repeat(255), `${deep}/${'g'.repeat(250)}`, 'sub/volume', '..a', '~', '%2e%2e', 'path=x'],
    ...[
      Buffer.from('latin1-\xe9', 'latin1'),
      Buffer.from('\xff', 'latin1'),
      'a'.repeat(100),
      'b'.repeat(101),
    ],
  ])
    writeFileSync(at(name), `content of ${String(name)}`);
  for (const [n, target] of [
    ...[
      '../x',
      '../../srv/shared',
      '../releases/1',
      '..',
      '../..',
      '.',
      '/',
      '/etc/passwd',
      'dangling',
      'old',
    ],
    ...[
      '../'.repeat(80),
      `../${'t'.repeat(150)}`,
      `/${'t'.repeat(150)}`,
      'sub/../../..',
      ' ',
      'a\nb',
      '../volume',
    ],
    ...[Buffer.from('../latin1-\xe9', 'latin1'), '../volume/old', '..a'],
  ].entries()) {
    symlinkSync(target, at(`link-${n}`));
    symlinkSync(target, at(`sub/link-${n}`));
    symlinkSync(target, at(`${deep}/link-${n}`));
  }
  linkSync(at('old'), at('hard'));
  linkSync(at('old'), at('sub/hard'));
  linkSync(at(`${deep}/${'g'.repeat(250)}`), at('hard-to-long'));
  linkSync(at(Buffer.from('\xff', 'latin1')), at(Buffer.from('sub/\xfe', 'latin1')));
  linkSync(at('link-1'), at('hard-to-link'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  writeFileSync(at('nothing'), '');
  execFileSync('truncate', ['-s', '1M', join(folder, 'hole')]);
  for (const [mode, name] of [
    [0, 'nothing'],
    [0o4755, 'old'],
    [0o2770, 'sub'],
    [0o1777, 'empty'],
  ] as const)
    chmodSync(at(name), mode);
  for (const name of ['...', 'BZh']) chownSync(at(name), 3_000_000, 65_534);
  lchownSync(at('link-3'), 1000, 1001);
  for (const name of readdirSync(folder, { encoding: 'buffer' })) lutimesSync(at(name), 1e9, 1e9);
  chownSync(folder, 70, 71);
  chmodSync(folder, 0o2750);
}

/** What `find` says about everything below a folder, and sums of the files. */
export function listing(folder: string): readonly string[] {
  const format = '%P|%y|%m|%U:%G|%n|%l|%Ts|%s\\0';
  const text = (words: readonly string[]) =>
    execFileSync('find', ['.', ...words], { cwd: folder, maxBuffer: 1_048_576 })
      .toString('latin1')
      .split('\0')
      .sort();
  // The sizes of directories depend on the file system, and their times on what was made in them.
  return [
    ...text(['!', '-type', 'd', '-printf', format]),
    ...text(['-type', 'd', '-printf', '%P|%y|%m|%U:%G\\0']),
    ...text(['-type', 'f', '-exec', 'sha256sum', '-z', '{}', '+']),
  ];
}
