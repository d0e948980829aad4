import { Fault } from '../../platform/errors/errors.js';
import type { Sink } from '../live-streams.js';

/** Which streams run for which device, so that a device's sign-out ends them. */
export class DeviceStreams {
  private readonly sinks = new Map<string, Set<Sink>>();

  constructor(private readonly isSignedIn: (deviceId: string) => Promise<boolean>) {}

  /** Until the sink closes. */
  add(deviceId: string, sink: Sink): void {
    const ofDevice = this.sinks.get(deviceId) ?? new Set();
    this.sinks.set(deviceId, ofDevice.add(sink));
    sink.onClose(() => {
      ofDevice.delete(sink);
      if (ofDevice.size === 0 && this.sinks.get(deviceId) === ofDevice) this.sinks.delete(deviceId);
    });
  }

  revoke(deviceId: string): void {
    for (const sink of [...(this.sinks.get(deviceId) ?? [])])
      sink.fail([new Fault('UNAUTHENTICATED', 'This device was signed out.')]);
  }

  /** Where a revocation may have been lost: asks about every device. */
  async check(): Promise<void> {
    for (const deviceId of [...this.sinks.keys()]) if (!(await this.isSignedIn(deviceId))) this.revoke(deviceId);
  }
}
