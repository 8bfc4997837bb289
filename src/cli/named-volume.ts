import { bodyOf, type Api } from './client.js';
import { unambiguous, type ReadAs } from './unambiguous.js';
import { volumeName } from './views/volume.js';

/** The id of the one volume that `given` names: by SERVICE/NAME, its id, or an unambiguous beginning of one. Throws a `Failure` otherwise. */
export async function volumeNamed(api: Api, given: string, as?: ReadAs): Promise<string> {
  const { volumes } = await bodyOf(api.GET('/api/v1/volumes', {}));
  const candidates = volumes.map((volume) => ({ id: volume.id, name: volumeName(volume) }));
  return unambiguous('volume', given, candidates, as).id;
}
