import { ClientProxy, type CustomTransportStrategy, type ReadPacket, Server, type WritePacket } from '@nestjs/microservices';

/**
 * Request and reply inside one process, for the same message handlers that a broker would reach. Every message goes through
 * JSON both ways: without that, a Date or an undefined would work here and break in the distributed mode.
 */
export class InProcessServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('in-process');

  listen(callback: () => void): void {
    callback();
  }
  close(): void {}
  on(): void {}
  unwrap<T>(): T {
    throw new Error('There is no driver behind the in-process transport.');
  }

  dispatch(pattern: string, json: string, respond: (packet: WritePacket) => void): void {
    // Not `getHandlerByPattern`: it first parses every subject as JSON, and the thrown error costs more than a message.
    const handler = this.messageHandlers.get(pattern);
    if (handler === undefined) {
      respond({ err: { message: `Nothing handles ${pattern}.` }, isDisposed: true });
      return;
    }
    void handler(JSON.parse(json)).then(
      (result) => {
        this.send(this.transformToObservable(result), (packet) => respond(overJson(packet)));
      },
      (err: unknown) => respond({ err, isDisposed: true }),
    );
  }
}

const overJson = (packet: WritePacket): WritePacket =>
  packet.response === undefined ? packet : { ...packet, response: JSON.parse(JSON.stringify(packet.response)) as unknown };

export class InProcessClient extends ClientProxy {
  readonly #server: InProcessServer;
  constructor(server: InProcessServer) {
    super();
    this.#server = server;
  }
  connect(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
  unwrap<T>(): T {
    throw new Error('There is no driver behind the in-process transport.');
  }
  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    this.#server.dispatch(String(packet.pattern), JSON.stringify(packet.data), callback);
    return () => {};
  }
  protected dispatchEvent<T>(): Promise<T> {
    return Promise.reject(new Error('Events do not travel over request and reply.'));
  }
}
