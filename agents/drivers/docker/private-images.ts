import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileDurably } from '../../platform/files/durable-file.js';
import { hasCode } from '../../platform/error-code.js';

const written = z.record(z.string(), z.record(z.string(), z.array(z.string())));

const MAX_IMAGES = 10_000;

/**
 * Registries that accept a manifest only from clients that uploaded its layers or may read them, so an image that can be pulled there without
 * credentials is public. A different registry could serve a private image's manifest without the layers, and the daemon would add its own.
 */
const HOLD_ALL_LAYERS: ReadonlySet<string> = new Set([
  'docker.io',
  'ghcr.io',
  'quay.io',
  'gcr.io',
  'registry.k8s.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'registry.gitlab.com',
  'nvcr.io',
]);

export interface Pulled {
  readonly id: string;
  readonly owner: string;
  readonly host: string;
  readonly withCredential: boolean;
}

type Owners = Map<string, Set<string>>;

/**
 * Records which images were pulled with a credential, by whom and from where. The daemon shares its images with all users, so a different tenant must
 * first present its own credential to the image's registry.
 */
export class PrivateImages {
  #known: Promise<Map<string, Owners>> | undefined;

  constructor(
    private readonly file: string | undefined,
    private readonly most = MAX_IMAGES,
  ) {}

  async isFor(id: string, owner: string): Promise<boolean> {
    const known = (await this.#read()).get(id);
    return known === undefined || [...known.values()].some((owners) => owners.has(owner));
  }

  /** Records a pull. A pull without a credential makes the image public. A private image's other registries must be in {@link HOLD_ALL_LAYERS}. */
  async pulled({ id, owner, host, withCredential }: Pulled): Promise<void> {
    const known = await this.#read();
    const before = known.get(id);
    if (before === undefined && !withCredential) return;
    if (before !== undefined && !before.has(host) && !HOLD_ALL_LAYERS.has(host)) return;
    const owners = before ?? new Map<string, Set<string>>();
    if (!withCredential) known.delete(id);
    else if (owners.get(host)?.has(owner) === true) return;
    else known.set(id, owners.set(host, new Set([...(owners.get(host) ?? []), owner])));
    // An image without a record is public, so a tenant that pulls very many images loses the privacy of its own ones only.
    while (known.size > this.most) known.delete(oldestOfLargest(known));
    if (this.file !== undefined)
      await writeFileDurably(
        this.file,
        JSON.stringify(Object.fromEntries([...known].map(([each, of]) => [each, plain(of)]))),
      );
  }

  async #read(): Promise<Map<string, Owners>> {
    this.#known ??= this.#load();
    return await this.#known;
  }

  async #load(): Promise<Map<string, Owners>> {
    if (this.file === undefined) return new Map();
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return new Map();
      throw error;
    }
    const found = Object.entries(written.parse(JSON.parse(text)));
    return new Map(
      found.map(([id, hosts]) => [
        id,
        new Map(Object.entries(hosts).map(([host, owners]) => [host, new Set(owners)])),
      ]),
    );
  }
}

/** Returns the oldest image of the tenant that has the most. Maps preserve the order of insertion. */
function oldestOfLargest(known: ReadonlyMap<string, Owners>): string {
  const images = new Map<string, { readonly oldest: string; count: number }>();
  for (const [id, owners] of known)
    for (const owner of new Set([...owners.values()].flatMap((of) => [...of]))) {
      const own = images.get(owner);
      if (own === undefined) images.set(owner, { oldest: id, count: 1 });
      else own.count += 1;
    }
  const [largest] = [...images.values()].sort((one, other) => other.count - one.count);
  return largest?.oldest ?? [...known.keys()][0] ?? '';
}

function plain(owners: Owners): Record<string, string[]> {
  return Object.fromEntries([...owners].map(([host, of]) => [host, [...of]]));
}
