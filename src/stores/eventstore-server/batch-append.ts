import { status, type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import { batchError, errorAnswer, successAnswer, TIMEOUT } from './batch-answer.js';
import { deadlineOf } from './batch-request.js';
import { CallLife } from './call-life.js';
import type { WireContext } from './context.js';
import { requiredExpectation, type Expectation } from './expectation.js';
import { readUuid, streamNameOf, writeUuid } from './names.js';
import { CallWriter } from './call-writer.js';
import { Proposal } from './proposal.js';
import { invalidArgument, shuttingDown, statusOf, WireStatus } from './status.js';
import type { Shared, Streams } from './stubs.js';

interface OpenBatch {
  readonly stream: string;
  readonly identifier: Shared.StreamIdentifier | undefined;
  readonly expected: Expectation;
  readonly proposal: Proposal;
}

/** Maximum time that a batch stays open, in milliseconds, like EventStoreDB's write timeout. */
const OPEN_MS = 2000;
const MAX_OPEN = 256;
const MAX_CONCURRENT_BATCHES = 512;
/** Maximum number of remembered correlation ids of batches that failed before their final message. */
const MAX_REFUSED = 1024;

/** Streams.BatchAppend: any number of appends over one call. Each has one or more messages and gets one response, in order of completion. */
export function batchAppendCall(
  context: WireContext,
): handleBidiStreamingCall<Streams.BatchAppendReq, Streams.BatchAppendResp> {
  return (call) => new BatchCall(context, call).run();
}

class BatchCall {
  readonly #context: WireContext;
  readonly #call: ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>;
  readonly #life: CallLife;
  readonly #outlet: CallWriter<Streams.BatchAppendResp>;
  readonly #open = new Map<string, OpenBatch>();
  readonly #refused = new Set<string>();
  #underWay = 0;
  #answers: Promise<void> = Promise.resolve();
  #over = false;

  constructor(
    context: WireContext,
    call: ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>,
  ) {
    this.#context = context;
    this.#call = call;
    this.#life = new CallLife(call, context.closing);
    this.#outlet = new CallWriter(call, this.#life.signal);
  }

  run(): void {
    const { closing } = this.#context;
    this.#life.signal.addEventListener(
      'abort',
      () => this.#end(closing.aborted ? shuttingDown() : undefined),
      { once: true },
    );
    this.#call.on('data', (message: Streams.BatchAppendReq) => {
      if (!this.#over) this.#receive(message);
      if (this.#underWay >= MAX_CONCURRENT_BATCHES) this.#call.pause();
    });
    this.#call.on('end', () => {
      void this.#answers.then(() => this.#end(undefined));
    });
  }

  #end(error: WireStatus | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#life.end();
    this.#open.clear();
    if (error === undefined) this.#call.end();
    else this.#call.emit('error', error);
  }

  #receive(message: Streams.BatchAppendReq): void {
    const correlation = message.getCorrelationId();
    const id = readUuid(correlation);
    try {
      if (id === undefined) throw invalidArgument('the correlation id is not a UUID');
      if (this.#refused.has(id)) {
        if (message.getIsFinal()) this.#refused.delete(id);
        return;
      }
      const batch = this.#open.get(id) ?? this.#begin(id, message);
      if (batch === undefined) return;
      this.#add(batch, message);
      if (!message.getIsFinal()) return;
      this.#open.delete(id);
      this.#answer(this.#write(batch), correlation, batch.identifier);
    } catch (error) {
      if (error instanceof WireStatus && error.code === status.UNAUTHENTICATED) {
        this.#end(error);
        return;
      }
      const identifier =
        message.getOptions()?.getStreamIdentifier() ??
        (id === undefined ? undefined : this.#open.get(id)?.identifier);
      if (id !== undefined) this.#refuse(id, message.getIsFinal());
      this.#answer(Promise.resolve(errorAnswer(batchError(error, '', undefined))), correlation, identifier);
    }
  }

  #begin(id: string, message: Streams.BatchAppendReq): OpenBatch | undefined {
    const options = message.getOptions();
    if (options === undefined) return undefined;
    const { clock } = this.#context;
    const stream = streamNameOf(options.getStreamIdentifier());
    this.#context.mayWrite(this.#call, stream);
    const expected = requiredExpectation(
      options,
      options.hasStreamPosition() ? options.getStreamPosition() : undefined,
    );
    const batch: OpenBatch = {
      stream,
      identifier: options.getStreamIdentifier(),
      expected,
      proposal: new Proposal(stream, this.#context.bounds, this.#context.rule),
    };
    const left = deadlineOf(message, clock.now());
    if (left !== undefined && left <= 0) {
      this.#refuse(id, message.getIsFinal());
      this.#answer(Promise.resolve(errorAnswer(TIMEOUT)), message.getCorrelationId(), batch.identifier);
      return undefined;
    }
    if (message.getIsFinal()) return batch;
    if (this.#open.size >= MAX_OPEN) throw invalidArgument(`more than ${MAX_OPEN} batches are open`);
    this.#open.set(id, batch);
    void this.#expire(id, batch, Math.min(left ?? OPEN_MS, OPEN_MS));
    return batch;
  }

  #add(batch: OpenBatch, message: Streams.BatchAppendReq): void {
    for (const proposed of message.getProposedMessagesList()) batch.proposal.add(proposed);
  }

  async #write({ stream, expected, proposal }: OpenBatch): Promise<Streams.BatchAppendResp> {
    const { gate, log } = this.#context;
    const { events } = proposal;
    try {
      return successAnswer(
        await gate.pass(proposal.size, () => log.append({ stream, expected: expected.form, events })),
      );
    } catch (error) {
      return errorAnswer(batchError(error, stream, expected));
    }
  }

  async #expire(id: string, batch: OpenBatch, ms: number): Promise<void> {
    await this.#context.clock.sleep(ms, this.#life.signal);
    if (this.#over || this.#open.get(id) !== batch) return;
    this.#refuse(id, false);
    this.#answer(Promise.resolve(errorAnswer(TIMEOUT)), writeUuid(id, true), batch.identifier);
  }

  #refuse(id: string, final: boolean): void {
    this.#open.delete(id);
    if (final) return;
    this.#refused.add(id);
    for (const oldest of this.#refused) {
      if (this.#refused.size <= MAX_REFUSED) break;
      this.#refused.delete(oldest);
    }
  }

  #answer(
    response: Promise<Streams.BatchAppendResp>,
    correlation: Shared.UUID | undefined,
    stream: Shared.StreamIdentifier | undefined,
  ): void {
    this.#underWay += 1;
    const before = this.#answers;
    const answer = async (): Promise<void> => {
      await before;
      const message = await response;
      if (!this.#over)
        await this.#outlet.write(message.setCorrelationId(correlation).setStreamIdentifier(stream));
      this.#underWay -= 1;
      if (this.#underWay < MAX_CONCURRENT_BATCHES && this.#call.isPaused()) this.#call.resume();
    };
    this.#answers = answer().catch((error: unknown) => this.#end(statusOf(error)));
  }
}
