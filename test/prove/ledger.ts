/** What one command must have left in the log: at least `least` times, and not more often than it was sent. */
interface Expected {
  least: number;
  most: number;
}

/** A creation that was acknowledged; its command id follows from the Idempotency-Key. */
export interface AcknowledgedCreation {
  readonly endpoint: string;
  readonly idempotencyKey: string;
}

/** What the clients were told, for the comparison with the log: `effect` is an event and what it is about, such as `user.blocked.v1 <id>`. */
export class Ledger {
  readonly creations: AcknowledgedCreation[] = [];
  readonly effects = new Map<string, Expected>();

  expect(effect: string, attempts: number, isAcknowledged: boolean): void {
    const expected = this.effects.get(effect) ?? { least: 0, most: 0 };
    expected.least += isAcknowledged ? 1 : 0;
    expected.most += attempts;
    this.effects.set(effect, expected);
  }
}
