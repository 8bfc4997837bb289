import type { PresentService } from './state.js';

/** What `{{service.NAME.…}}` can name of a service. `connection_string` may contain a password. */
export const ADDRESS_PARTS = ['connection_string', 'host', 'port'] as const;
export type AddressPart = (typeof ADDRESS_PARTS)[number];

/** Purpose under which the secret part of a version is sealed. */
export const SEALED_FOR_SERVICE = 'service';

const REFERENCE = /\{\{service\.([^{}]{0,200})\}\}/g;
const MAX_LABEL = 63;

export interface ServiceReference {
  readonly service: string;
  readonly part: AddressPart;
}

/** Returns a service's name on the network of its tenant's containers: a DNS label made from its name, or its type if the name has no usable character. */
export function networkNameOf({ name, type }: Pick<PresentService, 'name' | 'type'>): string {
  return labelOf(name) || type;
}

/** Whether a reference by this name means the service. */
export function isCalled(service: Pick<PresentService, 'name' | 'type'>, name: string): boolean {
  return service.name === name || networkNameOf(service) === name;
}

/** Returns the references to services in a text. A text that begins as a reference but names no known part is returned as a problem. */
export function referencesIn(text: string): readonly (ServiceReference | { readonly problem: string })[] {
  return [...text.matchAll(REFERENCE)].map(([token, content = '']) => referenceOf(token, content));
}

/** Replaces every reference in a text. A text without references is returned unchanged. */
export function withAddresses(text: string, valueOf: (reference: ServiceReference) => string): string {
  return text.replaceAll(REFERENCE, (token, content: string) => {
    const reference = referenceOf(token, content);
    return 'problem' in reference ? token : valueOf(reference);
  });
}

function referenceOf(token: string, content: string): ServiceReference | { readonly problem: string } {
  const dot = content.lastIndexOf('.');
  const [service, named] = [content.slice(0, Math.max(0, dot)), content.slice(dot + 1)];
  const part = ADDRESS_PARTS.find((each) => each === named);
  return part === undefined || service === ''
    ? { problem: `${token} must be {{service.NAME.PART}} with one of the parts ${ADDRESS_PARTS.join(', ')}` }
    : { service, part };
}

function labelOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LABEL)
    .replaceAll(/^-+|-+$/g, '');
}
