import type { Push, PushAddress, PushOutcome, PushProvider } from './port.js';

/** Sends to the devices of one provider, with the promises of `PushSender`. Throws PushUnavailable. */
export interface ProviderSender<P extends PushProvider> {
  send(address: Extract<PushAddress, { provider: P }>, push: Push): Promise<PushOutcome>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
