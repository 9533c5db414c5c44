import { AsyncLocalStorage } from 'node:async_hooks';

const requestIds = new AsyncLocalStorage<string>();

/** The id of the request this code runs for; every log line carries it. */
export const currentRequestId = (): string | undefined => requestIds.getStore();
export const runWithRequestId = <Result>(requestId: string, work: () => Result): Result => requestIds.run(requestId, work);
/** For the rest of the current asynchronous call chain: the HTTP edge enters once per request. */
export const enterRequestId = (requestId: string): void => requestIds.enterWith(requestId);
