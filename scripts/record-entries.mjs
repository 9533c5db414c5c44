// Loaded into a traced server before its own code. Sends its parent one message for each HTTP request that has ended: the files of ours that were
// entered for it, in the order of their first entry. What runs meanwhile by itself, such as a timer or a loop, is not entered for the request.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Server } from 'node:http';

/** @typedef {{ readonly file: string, readonly function: string }} Entry `function`: the first one of the file */

/** @type {AsyncLocalStorage<Map<string, Entry>>} */
const scope = new AsyncLocalStorage();
/** @type {WeakMap<object, Map<string, Entry>>} */
const entriesBySocket = new WeakMap();

const entriesOf = (socket) => {
  const entries = entriesBySocket.get(socket) ?? new Map();
  entriesBySocket.set(socket, entries);
  return entries;
};

// What scripts/entry-marks.mjs puts into the sources calls this.
Reflect.set(globalThis, '__entered', (file, name) => {
  const entries = scope.getStore();
  if (entries !== undefined && !entries.has(file)) entries.set(file, { file, function: name });
});

const report = ({ method, url }, entries) => process.send?.({ method, url, entries: [...entries.values()] });

// The scope begins with the connection, because Node reads a body in the scope of its connection. So a connection must bring one request.
const emit = Reflect.get(Server.prototype, 'emit');
Reflect.set(
  Server.prototype,
  'emit',
  /** @this {Server} */ function emitInScope(event, ...args) {
    const emitFor = (socket) => scope.run(entriesOf(socket), () => Reflect.apply(emit, this, [event, ...args]));
    if (event === 'connection') return emitFor(args[0]);
    if (event !== 'request') return Reflect.apply(emit, this, [event, ...args]);
    const [request, response] = args;
    // A turn later: the product listens to the end of its answers too.
    response.once('close', () => setImmediate(report, request, entriesOf(request.socket)));
    return emitFor(request.socket);
  },
);

// A server whose parent has ended would run forever. The channel to the parent alone must not keep the server alive.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
