/** From the service worker to a page: the person has pressed a notification. */
export interface OpenMessage {
  type: 'open';
  /** Within the app. */
  path: string;
}
