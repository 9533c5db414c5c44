import { Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { LogTail } from '@app/log';
import { EntityStates, Metrics, observeProjection } from '@app/platform';
import { Cascade } from './cascade/cascade.js';
import { EndKeysOfCause } from './cascade/end-keys-of-cause.js';
import { CountUsage } from './count-usage.js';
import { FetchKey } from './fetch-key.js';
import { FreshKeys } from './fresh-keys.js';
import { IssueBackendKey } from './issue-backend-key.js';
import { IssueKey } from './issue-key.js';
import { KeyCommandsRpc } from './key-commands.rpc.js';
import { KeyQueriesRpc } from './key-queries.rpc.js';
import { KeysProjection } from './keys-projection.js';
import { ListBackendKeys } from './list-backend-keys.js';
import { ListKeys } from './list-keys.js';
import { RecordUsage } from './record-usage.js';
import { observeRelay } from './relay/observed-relay.js';
import { Relay } from './relay/relay.js';
import { RevokeBackendKey } from './revoke-backend-key.js';
import { RevokeKey } from './revoke-key.js';
import { TokenHashes } from './token-hashes.js';
import { UpdateKey } from './update-key.js';
import { UsageRpc } from './usage.rpc.js';

/**
 * API keys and backend keys. Asks the composition for Clock, EventLog, LogTail, StateCache, CommandRunner, ViewStore, KeyViews,
 * UsageStore, KeysSecrets, ChangeCommands, ChangeFence and, where this process is an authority of the fence, FenceAuthority.
 * The composition starts and stops `KeysProjection`, `Cascade` and, where it provides an EventStream, `Relay`.
 */
@Module({
  controllers: [KeyCommandsRpc, KeyQueriesRpc, UsageRpc],
  providers: [
    IssueKey,
    UpdateKey,
    RevokeKey,
    IssueBackendKey,
    RevokeBackendKey,
    FetchKey,
    ListKeys,
    ListBackendKeys,
    CountUsage,
    RecordUsage,
    TokenHashes,
    EntityStates,
    FreshKeys,
    KeysProjection,
    Cascade,
    EndKeysOfCause,
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
