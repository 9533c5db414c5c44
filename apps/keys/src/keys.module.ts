import { Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { LogTail } from '@app/log';
import { ChangeCommands, Changes, EntityStates, messageController, Metrics, observeProjection, useCasesOf } from '@app/platform';
import { Cascade } from './cascade/cascade.js';
import { RecordInvalidations } from './cascade/record-invalidations.js';
import { FreshKeys } from './fresh-keys.js';
import { KEYS_HANDLERS } from './handlers.js';
import { KeysProjection } from './projection/keys-projection.js';
import { observeRelay } from './relay/observed-relay.js';
import { Relay } from './relay/relay.js';
import { TokenHashes } from './tokens/token-hashes.js';

/**
 * API keys and backend keys. Needs from the composition Clock, EventLog, LogTail, StateCache, CommandRunner, ViewStore, KeyViews,
 * UsageStore, KeysSecrets, ChangeCommands, ChangeFence and, where this process is an authority of the fence, FenceAuthority.
 * The composition starts and stops `KeysProjection`, `Cascade` and, where it provides an EventStream, `Relay`.
 */
@Module({
  controllers: [messageController(KEYS_HANDLERS, { services: TokenHashes })],
  providers: [
    ...useCasesOf(KEYS_HANDLERS),
    { provide: Changes, useFactory: (commands: ChangeCommands, hashes: TokenHashes) => new Changes(commands, hashes), inject: [ChangeCommands, TokenHashes] },
    TokenHashes,
    EntityStates,
    FreshKeys,
    KeysProjection,
    Cascade,
    RecordInvalidations,
    Relay,
  ],
  exports: [KeysProjection, Cascade, Relay],
})
export class KeysModule implements OnModuleInit {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(KeysProjection) private readonly projection: KeysProjection,
    @Inject(Cascade) private readonly cascade: Cascade,
    @Inject(Relay) private readonly relay: Relay,
    @Optional() @Inject(Metrics) private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.metrics === undefined) return;
    observeProjection(this.metrics, 'keys', () => this.tail.applied - this.projection.position);
    observeProjection(this.metrics, 'cascade', () => {
      const { head, position } = this.cascade.cascadeStatus();
      return head - position;
    });
    if (this.relay.hasStream) observeRelay(this.metrics, this.relay);
    this.metrics.counter(
      'keyfence_cascade_failures_total',
      'Steps of cascades that failed; they are tried again.',
      () => this.cascade.cascadeStatus().failures,
    );
  }
}
