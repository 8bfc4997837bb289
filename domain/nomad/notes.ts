import type { Section } from './section.js';

const PREFERENCES = 'is not supported: nodes are chosen without preferences, see `constraint`';

/** Leaves out what a job, a group or a task says without asking for anything that must be there. */
export function leaveOutNotes(section: Section): void {
  section.leaveOut(['meta'], 'is not supported: tasks get no NOMAD_META_… variables');
  section.leaveOut(['affinity', 'spread'], PREFERENCES);
  section.leaveOut(['shutdown_delay'], 'is not supported: service names are not registered');
}
