import { useSyncExternalStore } from 'react';

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  readonly utc: boolean;
  /** Whether times are shown as "4 s ago" instead of absolute times. */
  readonly relative: boolean;
  /** Whether the timeline is shown below the bar. */
  readonly timeline: boolean;
  /** Whether rows of tables are lower, so that more of them are visible. */
  readonly dense: boolean;
  /** Whether an object's events include those that only report progress. */
  readonly allEvents: boolean;
}

const KEY = 'muster.settings';
const DEFAULTS: Settings = {
  theme: 'system',
  utc: false,
  relative: true,
  timeline: false,
  dense: false,
  allEvents: false,
};
const listeners = new Set<() => void>();
let settings = load();

function load(): Settings {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Settings, unknown>>;
    return {
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : DEFAULTS.theme,
      utc: stored.utc === true,
      relative: stored.relative !== false,
      timeline: stored.timeline === true,
      dense: stored.dense === true,
      allEvents: stored.allEvents === true,
    };
  } catch {
    // Unreadable settings are treated as missing.
    return DEFAULTS;
  }
}

export function change(next: Partial<Settings>): void {
  settings = { ...settings, ...next };
  localStorage.setItem(KEY, JSON.stringify(settings));
  if (settings.theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = settings.theme;
  for (const listener of listeners) listener();
}

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, () => settings);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
