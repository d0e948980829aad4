import { ApnsFixture } from '../../platform/push/apns.fixture.js';
import { localCertificate } from '../../platform/push/certificate.fixture.js';
import type { PushAddress } from '../../platform/push/port.js';
import { answer } from '../helper.js';

let provider: ApnsFixture;

/** Apple's push service, as far as a test has it: HTTP/2, and the signature of each provider token is checked. */
answer({
  async open(): Promise<{ environment: Record<string, string>; caFile: string }> {
    provider = await ApnsFixture.start();
    return { environment: provider.environment, caFile: localCertificate().file };
  },
  devices: (count: number): PushAddress[] => Array.from({ length: count }, () => provider.newDevice()),
  /** How many pushes have arrived, and what the last one was. */
  arrived: () => ({ count: provider.arrived.length, last: provider.arrived.at(-1) ?? null }),
});
