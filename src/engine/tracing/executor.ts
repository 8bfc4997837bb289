import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Attributes, Tracer } from '@opentelemetry/api';
import { failed, inSpan, registeredTracer } from './span.js';

/** Adds spans for each command and each decision. If there is no provider, returns the executor itself. */
export function tracedExecutor<Executor extends CommandExecutor>(
  executor: Executor,
): Pick<Executor, keyof CommandExecutor> {
  const tracer = registeredTracer();
  if (tracer === undefined) return executor;
  return {
    load: (aggregate, id) => executor.load(aggregate, id),
    repeated: (aggregate, id, context) => executor.repeated(aggregate, id, context),
    execute: (aggregate, id, command, context, hints) =>
      inSpan(
        `command ${aggregate.category}`,
        () => attributesOf(aggregate.stream(id), context),
        async (span) => {
          const executed = await executor.execute(
            decidingInSpan(aggregate, tracer),
            id,
            command,
            context,
            hints,
          );
          span?.setAttributes({
            'muster.events': executed.events.length,
            'muster.repeated': executed.repeated,
          });
          if (executed.position !== undefined)
            span?.setAttribute('muster.position', executed.position.toString());
          return executed;
        },
      ),
  };
}

function attributesOf(
  stream: string,
  { correlationId, causationId, commandId, actor, surface }: CommandContext,
): Attributes {
  return {
    'muster.stream': stream,
    'muster.correlation_id': correlationId,
    'muster.causation_id': causationId,
    'muster.command_id': commandId,
    'muster.actor': actor,
    'muster.surface': surface,
  };
}

function decidingInSpan<Command, Event extends AnyEvent, State>(
  aggregate: Aggregate<Command, Event, State>,
  tracer: Tracer,
): Aggregate<Command, Event, State> {
  const { decider } = aggregate;
  const decide: typeof decider.decide = (command, state) => {
    const span = tracer.startSpan(`decide ${aggregate.category}`);
    try {
      const events = decider.decide(command, state);
      span.setAttribute(
        'muster.event_types',
        events.map(({ type }) => type),
      );
      return events;
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  };
  return { ...aggregate, decider: { ...decider, decide } };
}
