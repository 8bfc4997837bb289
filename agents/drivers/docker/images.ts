import type Docker from 'dockerode';
import type { ChosenImage } from '#domain/job/chosen-image.js';
import type { RegistryCredential } from '#domain/image-registry/credential.js';
import { DOCKER_HUB, registryOf } from '#domain/image-registry/host.js';
import { TaskStartError } from '../driver.js';
import { errorFields, type AgentLog } from '../../log.js';
import { CallError, UnknownHostError, type Reach } from '../http/index.js';
import { isRefused, pullProblem, UNREACHABLE_REGISTRY } from './daemon-problem.js';
import { imageDigest } from './image-digest.js';
import { daemonMessage, statusOf } from './docker-error.js';
import type { PrivateImages } from './private-images.js';

/** What Docker's own clients call Docker Hub where they log in. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/** An image that somebody wants to run. */
export interface WantedImage {
  readonly image: string;
  /** Which one of that name, where that has been said. */
  readonly chosen?: ChosenImage | undefined;
  /** Whose task it is; empty: nobody says. */
  readonly owner: string;
  /** With what the owner pulls images of a registry; asked for where it has to be pulled. */
  credential(host: string): Promise<RegistryCredential | undefined>;
}

export interface ImagesOptions {
  readonly docker: Docker;
  readonly privateImages: PrivateImages;
  /** Where registries of images may be. */
  readonly reach: Pick<Reach, 'look'>;
  readonly log: AgentLog;
}

/** Images of one daemon: present, or pulled once however many tasks of an owner wait for them. */
export class Images {
  readonly #docker: Docker;
  readonly #private: PrivateImages;
  readonly #reach: Pick<Reach, 'look'>;
  readonly #log: AgentLog;
  readonly #pulls = new Map<string, Promise<void>>();

  constructor({ docker, privateImages, reach, log }: ImagesOptions) {
    this.#docker = docker;
    this.#private = privateImages;
    this.#reach = reach;
    this.#log = log;
  }

  /**
   * Pulls the image if the daemon does not have it, has it for others alone, or is to look for it again. A pull that has begun goes on when one of
   * those waiting leaves. Looked for again, what came from no registry and is in none counts as the daemon has it.
   */
  async ensure(wanted: WantedImage, signal: AbortSignal): Promise<void> {
    const { image, owner, chosen } = wanted;
    const name = await this.nameOf(wanted);
    const id = await this.#present(name);
    const has = id !== undefined && (await this.#private.isFor(id, owner));
    if (has && (name !== image || chosen?.pull_image !== true)) return;
    const own = has && (await this.digest(image, id)) === id;
    await this.#pulled(wanted, signal).catch((error: unknown) => {
      if (!own || signal.aborted) throw error;
    });
    const got = await this.#present(await this.nameOf(wanted));
    if (got !== undefined && !(await this.#private.isFor(got, owner)))
      throw new TaskStartError(
        'image pull failed: the node has this image from another registry, for other tenants; pull it from there, with a credential for it',
      );
  }

  /**
   * By what a container is begun from it: by its id, where one was chosen and the daemon has it for its owner, else by its reference. An image that came
   * from no registry is only where it is.
   */
  async nameOf({ image, owner, chosen }: Pick<WantedImage, 'image' | 'owner' | 'chosen'>): Promise<string> {
    const { image_digest: digest } = chosen ?? {};
    if (digest === undefined) return image;
    const id = await this.#present(digest);
    return id !== undefined && (await this.#private.isFor(id, owner)) ? digest : image;
  }

  async #pulled(wanted: WantedImage, signal: AbortSignal): Promise<void> {
    const { image, owner } = wanted;
    await Promise.race([this.#refuseAddress(registryOf(image)), aborted(signal)]);
    const credential = await Promise.race([wanted.credential(registryOf(image)), aborted(signal)]);
    const key = credential === undefined ? image : `${image} ${owner}`;
    let pull = this.#pulls.get(key);
    if (pull === undefined) {
      pull = this.#pull(image, owner, credential).finally(() => this.#pulls.delete(key));
      this.#pulls.set(key, pull);
    }
    await Promise.race([pull, aborted(signal)]);
  }

  /** The daemon reaches what no task may reach: a reference leads it only where a call of a task may go. A name that nobody knows leads nowhere. */
  async #refuseAddress(host: string): Promise<void> {
    // The daemon may have a mirror for it.
    if (host === DOCKER_HUB) return;
    try {
      await this.#reach.look(`https://${host}/`);
    } catch (error) {
      if (error instanceof UnknownHostError) return;
      if (!(error instanceof CallError)) throw error;
      this.#log.warn({ host, ...errorFields(error.cause ?? error) }, 'agent.docker.registry-refused');
      throw new TaskStartError(`image pull failed: ${UNREACHABLE_REGISTRY}`, { cause: error });
    }
  }

  /** TCP and UDP ports that the image exposes, as `80/tcp`. */
  async exposedPorts(image: string): Promise<string[]> {
    const { Config } = await this.#docker.getImage(image).inspect();
    return Object.keys(Config.ExposedPorts ?? {});
  }

  /** What the image of that id is by its content; the id where the daemon does not say more. */
  async digest(image: string, id: string): Promise<string> {
    try {
      return imageDigest(image, await this.#docker.getImage(id).inspect());
    } catch {
      return id;
    }
  }

  /** Its id; undefined where the daemon does not have it. */
  async #present(image: string): Promise<string | undefined> {
    try {
      return (await this.#docker.getImage(image).inspect()).Id;
    } catch (error) {
      if (statusOf(error) === 400) throw new TaskStartError('image pull failed: the reference is invalid', { cause: error });
      if (statusOf(error) !== 404) throw error;
      return undefined;
    }
  }

  async #pull(image: string, owner: string, credential: RegistryCredential | undefined): Promise<void> {
    // Without a tag Docker would pull every tag there is.
    const reference = /(:[^/]+|@[^/]+)$/.test(image) ? image : `${image}:latest`;
    const host = registryOf(image);
    // It goes in a header, and so into no log of the daemon.
    const authconfig = credential && { ...credential, serveraddress: host === DOCKER_HUB ? HUB_SERVER : host };
    try {
      const progress: NodeJS.ReadableStream = await this.#docker.pull(reference, authconfig === undefined ? {} : { authconfig });
      await new Promise<void>((resolve, reject) => {
        this.#docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      const said = daemonMessage(error);
      this.#log.warn({ image, problem: said }, 'agent.docker.pull-failed');
      throw new TaskStartError(`image pull failed: ${pullProblem(said)}${adviceFor(said, host, credential)}`, { cause: error });
    }
    const id = await this.#present(reference);
    if (id !== undefined) await this.#private.pulled({ id, owner, host, withCredential: credential !== undefined });
  }
}

/** What somebody can do whom a registry did not let in. */
function adviceFor(problem: string, host: string, credential: RegistryCredential | undefined): string {
  if (!isRefused(problem)) return '';
  return credential === undefined
    ? `; if ${host} wants to know who pulls: muster registry login ${host}`
    : `; ${host} did not take the credential that the tenant has for it, name ${credential.username}: set it anew with muster registry login ${host}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new TaskStartError('stopped while its image was pulled'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}
