import { CircleDot, CircleMinus, CirclePlus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Difference } from './rows.js';
import css from './compare.module.css';

const WORDS: Readonly<Record<Difference, readonly [string, typeof CirclePlus | undefined]>> = {
  added: ['added', CirclePlus],
  gone: ['removed', CircleMinus],
  changed: ['changed', CircleDot],
  same: ['same', undefined],
};

/** Shows how an object changed between two moments, by shape, colour and word. */
export function Mark({ difference }: { readonly difference: Difference }): ReactNode {
  const [word, Icon] = WORDS[difference];
  return (
    <span className={css['mark']} data-difference={difference}>
      {Icon === undefined ? null : <Icon size={14} aria-hidden="true" />}
      {word}
    </span>
  );
}
