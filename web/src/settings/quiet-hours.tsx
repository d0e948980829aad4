import type { NotificationSettingsFieldsFragment } from '@parley/client/operations';
import { useState } from 'react';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { tell } from '../ui/notices';
import { Pick } from '../ui/pick';
import { Toggle } from '../ui/toggle';
import styles from './settings.module.css';

type Hours = NonNullable<NotificationSettingsFieldsFragment['quietHours']>;

export interface QuietHoursProps {
  /** Null: there are none. */
  hours: Hours | null;
  /** Turns them on and off. */
  onChange: (hours: Hours | null) => void;
  /** Throws what is wrong with the times. */
  save: (input: { quietHours: Hours }) => Promise<void>;
}

const { notifications } = strings.settings;
const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** When no device of the person is to make a sound. */
export function QuietHours({ hours, onChange, save }: QuietHoursProps) {
  return (
    <section className={styles.section}>
      <h3>{notifications.quietHours}</h3>
      <Toggle
        label={notifications.quietHoursOn}
        hint={notifications.quietHoursHint}
        isOn={hours !== null}
        onChange={(isOn) => onChange(isOn ? { from: '22:00', to: '07:00', timeZone: zoneHere() } : null)}
      />
      {hours && <Times hours={hours} save={save} />}
    </section>
  );
}

function Times({ hours, save }: { hours: Hours; save: QuietHoursProps['save'] }) {
  const [timeZone, setTimeZone] = useState(hours.timeZone);
  const zones = [...new Set([hours.timeZone, zoneHere()])].map((zone) => ({ value: zone, label: zone }));
  return (
    <Form
      onSubmit={async ({ from = '', to = '' }) => {
        await save({ quietHours: { from, to, timeZone } });
        tell(strings.saved);
      }}
    >
      {({ isBusy }) => (
        <>
          <div className={styles.pair}>
            <Field name="from" type="time" label={notifications.from} defaultValue={hours.from} isRequired />
            <Field name="to" type="time" label={notifications.to} defaultValue={hours.to} isRequired />
          </div>
          <Pick label={notifications.timeZone} value={timeZone} options={zones} onChange={setTimeZone} />
          <DialogActions>
            <Button type="submit" isDisabled={isBusy}>
              {strings.save}
            </Button>
          </DialogActions>
        </>
      )}
    </Form>
  );
}
