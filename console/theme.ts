/** Sets the theme before the first paint, so that a dark page never flashes white. */
try {
  const { theme } = JSON.parse(localStorage.getItem('muster.settings') ?? '{}') as {
    readonly theme?: unknown;
  };
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // Unreadable settings select the system theme. They are overwritten when the user changes a setting.
}
