// The walk of a request: the files of ours on its way, as a traced server tells them, and beside the list of those that a reader opens.
import { TRACED_REQUESTS } from './traced-requests.mjs';
import { startTracedServer } from './traced-server.mjs';

/**
 * @typedef {object} RequestWalk
 * @property {string} request
 * @property {string} controller
 * @property {number} filesBeforeController
 * @property {readonly import('./record-entries.mjs').Entry[]} entries of distinct files, in the order of their first entry
 * @property {readonly string[]} packages
 */

/** The app, the library or the adapter that a file belongs to. */
const packageOf = (file) => file.slice(0, file.indexOf('/src/'));

/** @returns {RequestWalk} */
const walkOf = (name, controller, entries) => {
  const filesBeforeController = entries.findIndex(({ file }) => file === controller);
  if (filesBeforeController === -1) throw new Error(`${name} never enters ${controller}.`);
  return { request: name, controller, filesBeforeController, entries, packages: [...new Set(entries.map(({ file }) => packageOf(file)))] };
};

/**
 * Builds and starts one server for all of them. Traces the second request of each name: what is made lazily is not part of a walk.
 *
 * @param {readonly string[]} names of `TRACED_REQUESTS`
 * @returns {Promise<readonly RequestWalk[]>}
 */
export const traceWalks = async (names) => {
  const server = await startTracedServer();
  try {
    const ask = async (call) => JSON.parse((await server.trace(call)).answer);
    const walks = [];
    for (const name of names) {
      const request = TRACED_REQUESTS[name];
      if (request === undefined) throw new Error(`There is no request ${name}. The requests are ${Object.keys(TRACED_REQUESTS).join(', ')}.`);
      await ask(await request.prepare(ask));
      const { entries } = await server.trace(await request.prepare(ask));
      walks.push(walkOf(name, request.controller, entries));
    }
    return walks;
  } finally {
    await server.stop();
  }
};

/**
 * The files before the controller, beside those of a list that was counted by hand.
 *
 * @param {RequestWalk} walk
 * @param {readonly string[]} byHand
 */
export const compareWalks = ({ entries, filesBeforeController }, byHand) => {
  const traced = entries.slice(0, filesBeforeController).map(({ file }) => file);
  return {
    inBoth: traced.filter((file) => byHand.includes(file)),
    onlyTraced: traced.filter((file) => !byHand.includes(file)),
    onlyByHand: byHand.filter((file) => !traced.includes(file)),
  };
};
