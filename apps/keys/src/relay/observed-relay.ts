import type { Metrics } from '@app/platform';
import type { Relay } from './relay.js';

export const observeRelay = (metrics: Metrics, relay: Relay): void => {
  metrics.gauge('keyfence_relay_lag', 'Applied commits that the event stream did not have when this process last looked.', () => {
    const { head, position } = relay.relayStatus();
    return Math.max(0, head - position);
  });
  metrics.counter(
    'keyfence_relay_failures_total',
    'Attempts to publish to the event stream that failed; they are made again.',
    () => relay.relayStatus().failures,
  );
  metrics.gauge('keyfence_relay_foreign_stream', '1 when the event stream is of another log and nothing is published any more, else 0.', () =>
    Number(relay.relayStatus().foreignStream),
  );
};
