import { useChat } from '@parley/client/react';
import {
  ChangePasswordDocument,
  DeleteAccountDocument,
  SettingsDocument,
  UpdateProfileDocument,
} from '@parley/client/operations';
import { useState } from 'react';
import { parley } from '../app/parley';
import { useAnswer } from '../app/use-answer';
import { useViewer } from '../app/viewer';
import { AvatarField } from '../media/avatar-field';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { tell } from '../ui/notices';
import { Toggle } from '../ui/toggle';
import styles from './settings.module.css';

const { settings } = strings;

/** What others see of the person, and how they sign in. */
export function Profile() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(SettingsDocument, {});
  const [, setViewer] = useViewer();
  const viewer = data?.viewer;
  if (!viewer) return <p role="status">{strings.loading}</p>;
  const { user, email, emailVerifiedAt } = viewer;
  return (
    <>
      <section className={styles.section}>
        <h3>{settings.profile}</h3>
        <AvatarField
          id={user.id}
          name={user.displayName}
          url={user.avatarUrl}
          onChoose={async (avatarMediaId) => {
            const input = { avatarMediaId };
            const { viewer: changed } = await requests.mutate(UpdateProfileDocument, { input }, { repeatable: true });
            if (changed) setViewer(changed);
            await reload();
          }}
        />
        <Form
          onSubmit={async ({ displayName, handle, bio = '' }) => {
            const input = { displayName, handle, bio: bio.trim() || null };
            const { viewer: changed } = await requests.mutate(UpdateProfileDocument, { input }, { repeatable: true });
            if (changed) setViewer(changed);
            tell(strings.saved);
          }}
        >
          {({ isBusy }) => (
            <>
              <Field
                name="displayName"
                label={settings.displayName}
                defaultValue={user.displayName}
                maxLength={80}
                isRequired
              />
              <Field name="handle" label={settings.handle} defaultValue={user.handle} maxLength={30} isRequired />
              <Field name="bio" label={settings.bio} defaultValue={user.bio ?? ''} maxLength={500} isLong />
              <DialogActions>
                <Button type="submit" kind="primary" isDisabled={isBusy}>
                  {strings.save}
                </Button>
              </DialogActions>
            </>
          )}
        </Form>
        {email && (
          <p className={styles.soft}>
            {settings.email}: {email}, {emailVerifiedAt ? settings.verified : settings.notVerified}
          </p>
        )}
      </section>
      <ChangePassword />
      <Leaving />
    </>
  );
}

function ChangePassword() {
  const { requests } = useChat();
  const [round, setRound] = useState(0);
  return (
    <section className={styles.section}>
      <h3>{settings.password}</h3>
      <Form
        key={round}
        onSubmit={async ({ currentPassword = '', newPassword = '' }) => {
          await requests.mutate(ChangePasswordDocument, { input: { currentPassword, newPassword } });
          tell(settings.passwordChanged);
          setRound(round + 1);
        }}
      >
        {({ isBusy }) => (
          <>
            <Field
              name="currentPassword"
              type="password"
              label={settings.currentPassword}
              autoComplete="current-password"
              isRequired
            />
            <Field
              name="newPassword"
              type="password"
              label={settings.newPassword}
              hint={strings.account.passwordHint}
              autoComplete="new-password"
              minLength={8}
              isRequired
            />
            <DialogActions>
              <Button type="submit" isDisabled={isBusy}>
                {settings.changePassword}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </section>
  );
}

function Leaving() {
  const { requests } = useChat();
  const [isAsked, setAsked] = useState(false);
  const [eraseMessages, setErase] = useState(false);
  return (
    <div className={styles.buttons}>
      <Button onPress={() => void parley.session.signOut()}>{settings.signOut}</Button>
      <Button kind="danger" onPress={() => setAsked(true)}>
        {settings.deleteAccount}
      </Button>
      {isAsked && (
        <Dialog title={settings.deleteTitle} isOpen onClose={() => setAsked(false)}>
          <p>{settings.deleteHint}</p>
          <Form
            onSubmit={async ({ password = '' }) => {
              await requests.mutate(DeleteAccountDocument, { input: { password: password || null, eraseMessages } });
              await parley.session.signOut();
            }}
          >
            {({ isBusy }) => (
              <>
                <Toggle label={settings.eraseMessages} isOn={eraseMessages} onChange={setErase} />
                <Field
                  name="password"
                  type="password"
                  label={settings.currentPassword}
                  autoComplete="current-password"
                />
                <DialogActions>
                  <Button type="submit" kind="danger" isDisabled={isBusy}>
                    {settings.deleteAccount}
                  </Button>
                </DialogActions>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </div>
  );
}
