export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Reads the wheels from a `pylock.toml` that uv wrote for this machine, one per package. Prefers wheels for a single Python version, and then the
 * first URL in alphabetical order, so that equal choices produce equal locks. Source: the specification of pylock.toml (PEP 751).
 */
export function wheelsOf(text: string): Wheel[] {
  return text.split(/^\[\[packages\]\]$/m).flatMap((block, index) => {
    const name = /^name = "([^"]+)"/m.exec(block)?.[1];
    const version = /^version = "([^"]+)"/m.exec(block)?.[1];
    if (index === 0 || name === undefined || version === undefined) return [];
    const wheels = [
      ...(block.split(/^wheels = /m)[1] ?? '').matchAll(
        /\{ url = "([^"]+)".*?hashes = \{[^}]*sha256 = "([0-9a-f]{64})"/g,
      ),
    ].map(([entry, url = '', sha256 = '']) => ({
      name,
      version,
      url,
      sha256,
      size: Number(/size = (\d+)/.exec(entry)?.[1] ?? 0),
    }));
    const [best] = wheels.sort(
      (one, other) => rank(one.url) - rank(other.url) || (one.url < other.url ? -1 : 1),
    );
    return best === undefined ? [] : [best];
  });
}

function rank(url: string): number {
  if (/-none-any\.whl$/.test(url)) return 2;
  return /-abi3-/.test(url) ? 1 : 0;
}
