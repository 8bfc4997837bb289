import { useSyncExternalStore } from 'react';
import { parseMarks, type Mark } from './marks.js';

const KEY = 'muster.marks';
const listeners = new Set<() => void>();
let marks = load();

function load(): readonly Mark[] {
  try {
    return parseMarks(localStorage.getItem(KEY));
  } catch {
    // The browser does not allow storage.
    return [];
  }
}

export function changeMarks(next: readonly Mark[]): void {
  marks = next;
  localStorage.setItem(KEY, JSON.stringify(marks));
  for (const listener of listeners) listener();
}

/** Returns the user's marks, newest first. */
export function useMarks(): readonly Mark[] {
  return useSyncExternalStore(subscribe, () => marks);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
