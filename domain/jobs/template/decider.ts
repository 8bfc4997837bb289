import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider, Recorded } from '../../kernel/event/index.js';
import type { TemplateChanges, TemplateContent, TemplateEvent } from './events.js';

export type TemplateCommand =
  | { readonly kind: 'create'; readonly templateId: string; readonly content: TemplateContent }
  | { readonly kind: 'update'; readonly templateId: string; readonly changes: TemplateChanges }
  | { readonly kind: 'delete'; readonly templateId: string };

export type TemplateState = 'absent' | 'present';

export const templateDecider: Decider<TemplateCommand, TemplateEvent, TemplateState> = {
  initialState: 'absent',
  decide(command, state) {
    const { templateId } = command;
    if (command.kind === 'create')
      return [{ type: 'TemplateCreated', data: { templateId, content: command.content } }];
    if (state === 'absent') throw new MusterError('MUSTER_E_TEMPLATE_NOT_FOUND');
    switch (command.kind) {
      case 'update':
        return Object.keys(command.changes).length === 0
          ? []
          : [{ type: 'TemplateUpdated', data: { templateId, changes: command.changes } }];
      case 'delete':
        return [{ type: 'TemplateDeleted', data: { templateId } }];
      default:
        return assertNever(command);
    }
  },
  evolve(state, event: Recorded<TemplateEvent>) {
    switch (event.type) {
      case 'TemplateCreated':
        return 'present';
      case 'TemplateUpdated':
        return state;
      case 'TemplateDeleted':
        return 'absent';
      default:
        return assertNever(event);
    }
  },
};
