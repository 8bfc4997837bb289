import type { RecordedOf } from '#domain/kernel/event/index.js';
import { projection } from '#domain/kernel/projection.js';
import {
  serviceConcerned,
  placementKeyOf,
  SERVICE_MESSAGE_EVENTS,
  serviceMessageOf,
  type ServiceMessage,
} from './service-messages.js';

export const MAX_SERVICE_EVENTS = 200;
const MAX_IMAGES = 10;

export interface ServiceEventLine extends Omit<ServiceMessage, 'prepared' | 'image'> {
  readonly number: number;
  readonly at: number;
}

/** `serviceEvents`, id = service id: the newest events of the service, oldest first. */
export interface ServiceEventsDocument {
  readonly serviceId: string;
  readonly count: number;
  readonly lines: readonly ServiceEventLine[];
  readonly images?: Readonly<Record<string, string>>;
}

export const serviceEvents = projection<ServiceEventsDocument, typeof SERVICE_MESSAGE_EVENTS>({
  name: 'serviceEvents',
  version: 3,
  events: SERVICE_MESSAGE_EVENTS,
  touches: (event) => {
    const about = serviceConcerned(event);
    return about === undefined ? [] : [about.serviceId];
  },
  evolve: (known, event, serviceId) => {
    if (event.type === 'ServiceDeleted') return undefined;
    const told = serviceMessageOf(event);
    if (told === undefined || (known === undefined && event.type !== 'ServiceCreated')) return known;
    return withImage(withLine(known ?? { serviceId, count: 0, lines: [] }, told, event.metadata.at), event);
  },
});

function withLine(
  document: ServiceEventsDocument,
  { prepared, image, ...told }: ServiceMessage,
  at: number,
): ServiceEventsDocument {
  const { count, lines } = document;
  const former = told.key === null ? undefined : lines.find(({ key }) => key === told.key);
  const more = `${afterPlacement(document, told.allocationId, prepared)}${otherImage(document, told.deployment, image)}`;
  const line = { ...told, text: `${told.text}${more}`, number: former?.number ?? count + 1, at };
  if (former !== undefined)
    return { ...document, lines: lines.map((each) => (each === former ? line : each)) };
  return { ...document, count: count + 1, lines: [...lines, line].slice(-MAX_SERVICE_EVENTS) };
}

function afterPlacement(
  { lines }: ServiceEventsDocument,
  allocationId: string | null,
  prepared: number | null,
): string {
  if (allocationId === null || prepared === null) return '';
  const placed = lines.find(({ key }) => key === placementKeyOf(allocationId));
  if (placed === undefined) return '';
  return ` Its image was ready after ${Math.max(0, Math.round((prepared - placed.at) / 100) / 10)} s.`;
}

/** An image that does not come from a registry exists only on its node. Another node may have a different image with that name, or none. */
function otherImage(
  { images = {} }: ServiceEventsDocument,
  deployment: number | null,
  image: string | null,
): string {
  const wanted = deployment === null ? undefined : images[deployment];
  return image === null || wanted === undefined || wanted === image
    ? ''
    : ` Its node has another image under that name: ${image}, not ${wanted}.`;
}

function withImage(
  document: ServiceEventsDocument,
  event: RecordedOf<typeof SERVICE_MESSAGE_EVENTS>,
): ServiceEventsDocument {
  switch (event.type) {
    case 'DeploymentRequested': {
      const { number, image } = event.data;
      return image?.image_digest === undefined ? document : withImageOf(document, number, image.image_digest);
    }
    case 'ServiceImagePinned':
      return withImageOf(document, event.data.number, event.data.imageDigest);
    case 'ServiceRestarted':
      return event.data.pull === true ? withImageOf(document, event.data.number, undefined) : document;
    default:
      return document;
  }
}

function withImageOf(
  document: ServiceEventsDocument,
  number: number,
  image: string | undefined,
): ServiceEventsDocument {
  const others = Object.entries(document.images ?? {}).filter(
    ([each]) => Number(each) !== number && Number(each) > number - MAX_IMAGES,
  );
  return {
    ...document,
    images: { ...Object.fromEntries(others), ...(image !== undefined && { [number]: image }) },
  };
}
