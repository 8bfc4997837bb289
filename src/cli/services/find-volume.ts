import { bodyOf, type Api } from '../shared/client.js';
import { unambiguous, type ReadAs } from '../shared/resolve-prefix.js';
import { volumeName } from './volume-view.js';

/** Finds a volume by SERVICE/NAME, its id, or a unique prefix of either, and returns its id. With `--id`, it is the id. Throws a {@link Failure} unless one volume matches. */
export async function findVolume(api: Api, given: string, as?: ReadAs): Promise<string> {
  if (as?.id === true && as.name !== true) return given;
  const { volumes } = await bodyOf(api.GET('/api/v1/volumes', {}));
  const candidates = volumes.map((volume) => ({ id: volume.id, name: volumeName(volume) }));
  return unambiguous('volume', given, candidates, as).id;
}
