import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { Dialog } from '../parts/dialog/dialog.js';
import type { Room } from './rooms.js';
import css from './keys.module.css';

const Palette = lazy(async () => ({ default: (await import('./palette.js')).Palette }));

/** Time after `g` within which the next key opens a page, in milliseconds. */
const SEQUENCE_MS = 1500;

export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['?', 'Show keyboard shortcuts'],
  ['Ctrl K', 'Find a page or an object (on a Mac: ⌘ K)'],
  ['/', 'Filter the list'],
  ['t', 'Go to a moment'],
  ['[', 'Previous change on this page'],
  [']', 'Next change on this page'],
  ['{', 'Previous event'],
  ['}', 'Next event'],
  ['(', 'Previous failure on this page'],
  [')', 'Next failure on this page'],
  ['n', 'Next match in the log'],
  ['N', 'Previous match in the log'],
  ['b', 'Mark this moment'],
  ['c', 'Compare two moments'],
  ['x', 'Swap the two moments'],
  ['Esc', 'End the comparison; otherwise go back to now'],
  ['z', 'Show times as relative, local or UTC'],
  ['d', 'Show more or fewer rows in tables'],
  ['↑ ↓', 'Move between rows'],
  ['Enter', 'Open the selected row'],
];

export function typing(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return (
    event.metaKey ||
    event.ctrlKey ||
    event.altKey ||
    target.isContentEditable ||
    target.matches('input:not([type=checkbox]), textarea, select')
  );
}

export function useKeys(handlers: Readonly<Record<string, () => void>>): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (typing(event) || document.querySelector('dialog[open]') !== null) return;
      const handler = latest.current[event.key];
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

/** Keyboard shortcuts of every page, and the overlay that lists them. */
export function Keys({ rooms }: { readonly rooms: readonly Room[] }): ReactNode {
  const [open, setOpen] = useState(false);
  const [finding, setFinding] = useState(false);
  const navigate = useNavigate();
  const pending = useRef(-SEQUENCE_MS);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (typing(event)) return;
      const now = event.timeStamp;
      const room =
        now - pending.current < SEQUENCE_MS ? rooms.find(({ key }) => key === event.key) : undefined;
      pending.current = event.key === 'g' ? now : -SEQUENCE_MS;
      if (room === undefined) return;
      // The key is part of the sequence, so it must not trigger its own shortcut.
      event.preventDefault();
      event.stopImmediatePropagation();
      void navigate({ to: room.path as '/' });
    };
    document.addEventListener('keydown', press, { capture: true });
    return () => document.removeEventListener('keydown', press, { capture: true });
  }, [navigate, rooms]);
  useEffect(() => {
    // Works even while an input has focus, but never on top of another dialog.
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      if (document.querySelector('dialog[open]') === null) setFinding(true);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  useKeys({
    '?': () => setOpen(true),
    '/': () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus(),
  });
  return (
    <>
      <Suspense>{finding ? <Palette rooms={rooms} onClose={() => setFinding(false)} /> : null}</Suspense>
      <Dialog title="Keyboard shortcuts" open={open} onClose={() => setOpen(false)}>
        <dl className={css['keys']}>
          {[...KEYS, ...rooms.map(({ key, title }) => [`g ${key}`, title] as const)].map(([keys, does]) => (
            <div key={keys}>
              <dt>
                {keys.split(' ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  );
}
