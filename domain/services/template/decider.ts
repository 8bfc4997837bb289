import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider, Recorded } from '../../kernel/event/index.js';
import type { ServiceTemplateContent } from './content.js';
import { serviceTemplateErrors } from './errors.js';
import type { ServiceTemplateEvent } from './events.js';

export type ServiceTemplateCommand =
  | {
      readonly kind: 'add';
      readonly templateId: string;
      readonly content: ServiceTemplateContent;
      readonly by: string;
    }
  | {
      readonly kind: 'addBuiltIn';
      readonly templateId: string;
      readonly content: ServiceTemplateContent;
      readonly revision: number;
    }
  | { readonly kind: 'remove'; readonly templateId: string; readonly by: string };

/** `builtIn` is the revision of a built-in template, or null if a user added the template. */
export type ServiceTemplateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly content: ServiceTemplateContent; readonly builtIn: number | null }
  | { readonly kind: 'removed' };

/** Newer revisions of a built-in template replace older ones, unless a user removed or replaced the template. */
export const serviceTemplateDecider: Decider<
  ServiceTemplateCommand,
  ServiceTemplateEvent,
  ServiceTemplateState
> = {
  initialState: { kind: 'none' },
  decide(command, state) {
    const { templateId } = command;
    switch (command.kind) {
      case 'add': {
        const { content, by } = command;
        if (state.kind === 'present')
          throw new MusterError(serviceTemplateErrors.MUSTER_E_SERVICE_TEMPLATE_EXISTS, {
            name: content.name,
          });
        return [{ type: 'ServiceTemplateAdded', data: { templateId, content, addedBy: by } }];
      }
      case 'addBuiltIn': {
        const { content, revision } = command;
        const known =
          state.kind === 'none' ||
          (state.kind === 'present' && state.builtIn !== null && state.builtIn < revision);
        return known
          ? [{ type: 'ServiceTemplateAdded', data: { templateId, content, builtIn: revision } }]
          : [];
      }
      case 'remove':
        if (state.kind !== 'present')
          throw new MusterError(serviceTemplateErrors.MUSTER_E_SERVICE_TEMPLATE_NOT_FOUND);
        return [{ type: 'ServiceTemplateRemoved', data: { templateId, removedBy: command.by } }];
      default:
        return assertNever(command);
    }
  },
  evolve(_state, event: Recorded<ServiceTemplateEvent>) {
    switch (event.type) {
      case 'ServiceTemplateAdded': {
        const { content, builtIn = null } = event.data;
        return { kind: 'present', content, builtIn };
      }
      case 'ServiceTemplateRemoved':
        return { kind: 'removed' };
      default:
        return assertNever(event);
    }
  },
};
