/** What routers must know of devices. Answered from the directory by the users subgraph. UUIDs. */
export interface SignedIn {
  /** Those of the devices that are signed in. Read uncached. */
  among(deviceIds: string[]): Promise<Set<string>>;
}
