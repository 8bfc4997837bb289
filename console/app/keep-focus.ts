/**
 * Keeps the focus near its place when the focused element disappears, for example a row after its page has opened. Otherwise the browser moves it to
 * the document, and a user of the keyboard or of a screen reader loses the place.
 */
export function keepFocus(): void {
  /** The element that had the focus last, followed by the elements around it. */
  let places: readonly HTMLElement[] = [];
  document.addEventListener('focusin', ({ target }) => {
    places = target instanceof HTMLElement ? [target, ...around(target)] : [];
  });
  const keep = (): void => {
    const isLost = document.activeElement === document.body && places[0] !== undefined && !isShown(places[0]);
    if (!isLost) return;
    const place =
      places.find((each) => each.id !== 'root' && isShown(each)) ?? document.getElementById('page');
    place?.setAttribute('tabindex', '-1');
    place?.focus({ preventScroll: true });
  };
  new MutationObserver(keep).observe(document.body, { childList: true, subtree: true });
  // A closed dialog returns the focus to where it was before, which may have disappeared in the meantime.
  document.addEventListener('close', keep, { capture: true });
}

function around(element: HTMLElement): readonly HTMLElement[] {
  const parent = element.parentElement;
  return parent === null || parent === document.body ? [] : [parent, ...around(parent)];
}

function isShown(element: HTMLElement): boolean {
  return element.isConnected && element.getClientRects().length > 0;
}
