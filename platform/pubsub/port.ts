export type Unsubscribe = () => Promise<void>;

/** Live fan-out between processes. Lossy by nature: whoever must not miss anything resumes from the database. */
export interface PubSub {
  /** Resolves once the transport took it. Subscribers see one publisher's messages on one channel in order, at most once. */
  publish(channel: string, message: string): Promise<void>;
  /** Resolves once messages published from now on will arrive. `onGap` fires when some may have been lost. */
  subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): Promise<Unsubscribe>;
  close(): Promise<void>;
}
