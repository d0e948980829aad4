/** Whether this browser, at this address, can run one: http is enough on the machine itself only. */
export const hasServiceWorkers = (): boolean => 'serviceWorker' in navigator;

/** The one of this origin, which shows pushes, and the app where there is no network. Throws where it cannot be had. */
export function startServiceWorker(): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register('/service-worker.js');
}

/** After all that the page itself needs. */
export function startServiceWorkerWhenIdle(): void {
  if (!import.meta.env.PROD || !hasServiceWorkers()) return;
  addEventListener('load', () => void startServiceWorker().catch(() => undefined));
}
