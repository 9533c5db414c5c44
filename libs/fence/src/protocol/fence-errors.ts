/** The node cannot know: 503 with Retry-After, never a verdict. */
export class FenceUnavailable extends Error {
  constructor(why: string, options?: { cause?: unknown }) {
    super(`This node cannot decide now: ${why}.`, options);
    this.name = 'FenceUnavailable';
  }
}

/** The process must end: its memory belongs to a log or a lease time that the deployment no longer has. */
export class FenceBroken extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'FenceBroken';
  }
}
