/** Copies to the clipboard. Returns false if the browser refuses, for example on pages loaded over plain HTTP from another machine. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
