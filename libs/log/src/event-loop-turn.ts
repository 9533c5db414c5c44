/** Lets waiting input be handled first: on a synchronous store a chain of promises alone would starve validations. */
export const eventLoopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
