/** Returns the items of a text, which are separated by commas. Spaces around them and empty items are left out. */
export function itemsOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
