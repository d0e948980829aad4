import { createParley, indexedDbStorage } from '@parley/client';

/** The client of the Parley that served this page. */
export const parley = createParley({
  url: location.origin,
  storage: indexedDbStorage(),
  deviceName: describeDevice(navigator.userAgent),
  platform: 'WEB',
});

/** As in "Firefox on Linux", for the list of devices. */
export function describeDevice(agent: string): string {
  const find = (names: Record<string, RegExp>) => Object.keys(names).find((name) => names[name]!.test(agent));
  const browser = find({ Edge: /Edg\//, Opera: /OPR\//, Firefox: /Firefox\//, Chrome: /Chrom/, Safari: /Safari\// });
  const system = find({
    Android: /Android/,
    iPhone: /iPhone/,
    iPad: /iPad/,
    Windows: /Windows/,
    macOS: /Mac OS/,
    Linux: /Linux/,
  });
  return [browser ?? 'A browser', system && `on ${system}`].filter(Boolean).join(' ');
}
