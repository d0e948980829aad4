import { Link, useLocation } from 'wouter';
import { parley } from '../app/parley';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { Card } from './card';

const { account } = strings;

export function SignUp() {
  const [, navigate] = useLocation();
  return (
    <Card
      title={account.signUpTitle}
      intro={account.tagline}
      other={
        <span>
          {account.hasAccount} <Link href="/">{account.signIn}</Link>
        </span>
      }
    >
      <Form
        onSubmit={async ({ displayName = '', handle = '', email = '', password = '' }) => {
          const person = { displayName, handle: handle.trim().toLowerCase(), email: email.trim(), password };
          await parley.session.signUp(person);
          navigate('/verify', { replace: true });
        }}
      >
        {({ isBusy }) => (
          <>
            <Field
              name="displayName"
              label={account.displayName}
              autoComplete="name"
              maxLength={80}
              isRequired
              autoFocus
            />
            <Field
              name="handle"
              label={account.handle}
              hint={account.handleHint}
              autoComplete="username"
              autoCapitalize="none"
              minLength={3}
              maxLength={30}
              isRequired
            />
            <Field name="email" type="email" label={account.email} autoComplete="email" isRequired />
            <Field
              name="password"
              type="password"
              label={account.password}
              hint={account.passwordHint}
              autoComplete="new-password"
              minLength={8}
              isRequired
            />
            <Button type="submit" kind="primary" wide isDisabled={isBusy}>
              {account.signUp}
            </Button>
          </>
        )}
      </Form>
    </Card>
  );
}
