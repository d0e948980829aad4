import { RequestPasswordResetDocument } from '@parley/client/operations';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { mutateAsNobody } from '../app/ask-as-nobody';
import { parley } from '../app/parley';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import styles from './account.module.css';
import { Card } from './card';

const { account } = strings;

/** Asks for the letter; and sets the password for who comes by its link, which has a token behind the #. */
export function ResetPassword() {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token'));
  const [isSent, setSent] = useState(false);
  const [, navigate] = useLocation();
  const other = <Link href="/">{account.signIn}</Link>;
  if (token === null && !isSent)
    return (
      <Card title={account.resetTitle} intro={account.resetIntro} other={other}>
        <Form
          onSubmit={async ({ email = '' }) => {
            await mutateAsNobody(RequestPasswordResetDocument, { input: { email: email.trim() } });
            setSent(true);
          }}
        >
          {({ isBusy }) => (
            <>
              <Field name="email" type="email" label={account.email} autoComplete="email" isRequired autoFocus />
              <Button type="submit" kind="primary" wide isDisabled={isBusy}>
                {account.sendLink}
              </Button>
            </>
          )}
        </Form>
      </Card>
    );
  return (
    <Card title={account.resetTitle} other={other}>
      {isSent && (
        <p className={styles.note} role="status">
          {account.linkSent}
        </p>
      )}
      <Form
        onSubmit={async ({ newPassword = '', typed = '' }) => {
          await parley.session.resetPassword({ token: token ?? typed.trim(), newPassword });
          navigate('/', { replace: true });
        }}
      >
        {({ isBusy }) => (
          <>
            {token === null && (
              <Field name="typed" label={account.resetToken} autoComplete="one-time-code" isRequired />
            )}
            <Field
              name="newPassword"
              type="password"
              label={account.newPassword}
              hint={account.passwordHint}
              autoComplete="new-password"
              minLength={8}
              isRequired
            />
            <Button type="submit" kind="primary" wide isDisabled={isBusy}>
              {account.setPassword}
            </Button>
          </>
        )}
      </Form>
    </Card>
  );
}
