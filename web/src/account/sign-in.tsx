import { useSession } from '@parley/client/react';
import { Link } from 'wouter';
import { parley } from '../app/parley';
import { explain } from '../app/explain';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Field, Problem } from '../ui/field';
import { Form } from '../ui/form';
import { Card } from './card';

const { account } = strings;

export function SignIn() {
  const session = useSession();
  const reason = session.status === 'signedOut' ? session.reason : null;
  return (
    <Card
      title={account.signInTitle}
      intro={account.tagline}
      other={
        <>
          <span>
            {account.noAccount} <Link href="/sign-up">{account.signUp}</Link>
          </span>
          <Link href="/reset-password">{account.forgot}</Link>
        </>
      }
    >
      {reason && (
        <Problem>
          {account.endedBecause} {reason.code === 'WRONG_CREDENTIALS' ? account.signInAgain : explain(reason)}
        </Problem>
      )}
      <Form onSubmit={({ login = '', password = '' }) => parley.session.signIn({ login, password })}>
        {({ isBusy }) => (
          <>
            <Field name="login" label={account.login} autoComplete="username" isRequired autoFocus />
            <Field
              name="password"
              type="password"
              label={account.password}
              autoComplete="current-password"
              isRequired
            />
            <Button type="submit" kind="primary" wide isDisabled={isBusy}>
              {account.signIn}
            </Button>
          </>
        )}
      </Form>
    </Card>
  );
}
