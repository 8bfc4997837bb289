import { plan } from '#domain/scheduling/index.js';
import { eventOf, type Happening } from './commands.js';
import type { World } from './world.js';

export function happen(world: World, happening: Happening): void {
  switch (happening.kind) {
    case 'pass':
      world.after(happening.ms);
      return;
    case 'plan':
      world.plan({ maxEvents: happening.maxEvents, maxBytes: 240_000 });
      return;
    case 'race': {
      const { events } = plan(world.state, {
        now: world.now,
        quotas: world.quotas,
        limits: { maxEvents: happening.maxEvents, maxBytes: 240_000 },
      });
      const basis = world.basis();
      for (const fact of happening.facts) happen(world, fact);
      world.append(events, basis);
      return;
    }
    default: {
      const event = eventOf(world, happening);
      if (event !== undefined) world.give(event);
    }
  }
}
