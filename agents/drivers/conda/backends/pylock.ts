/** A wheel by where it is. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * The wheels of a `pylock.toml` as uv writes it: of each package one, of those that fit this machine the first. A Python's own before one that fits
 * several, so that equal choices are equal texts. Source: the specification of pylock.toml (PEP 751).
 */
export function wheelsOf(text: string): Wheel[] {
  return text.split(/^\[\[packages\]\]$/m).flatMap((block, index) => {
    const name = /^name = "([^"]+)"/m.exec(block)?.[1];
    const version = /^version = "([^"]+)"/m.exec(block)?.[1];
    if (index === 0 || name === undefined || version === undefined) return [];
    const wheels = [...(block.split(/^wheels = /m)[1] ?? '').matchAll(/\{ url = "([^"]+)".*?hashes = \{[^}]*sha256 = "([0-9a-f]{64})"/g)].map(
      ([entry, url = '', sha256 = '']) => ({
        name,
        version,
        url,
        sha256,
        size: Number(/size = (\d+)/.exec(entry)?.[1] ?? 0),
      }),
    );
    const [best] = wheels.sort((one, other) => rank(one.url) - rank(other.url) || (one.url < other.url ? -1 : 1));
    return best === undefined ? [] : [best];
  });
}

/** Those for one version of Python first, then those of its stable interface, then those for any. */
function rank(url: string): number {
  if (/-none-any\.whl$/.test(url)) return 2;
  return /-abi3-/.test(url) ? 1 : 0;
}
