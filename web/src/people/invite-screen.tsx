import { useChat } from '@parley/client/react';
import { AcceptInviteDocument, InviteDocument } from '@parley/client/operations';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import account from '../account/account.module.css';
import shell from '../app/shell.module.css';
import { DeadEnd } from '../app/dead-end';
import { explain } from '../app/explain';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';

/** What an invite link leads to. */
export function InviteScreen({ code }: { code: string }) {
  const { requests } = useChat();
  const [, navigate] = useLocation();
  const { data, error } = useAnswer(InviteDocument, { code });
  const [isAsked, setAsked] = useState(false);
  if (error && !data) return <DeadEnd why={explain(error)} />;
  if (!data) return <p className={shell.pick}>{strings.loading}</p>;
  const { invite } = data;
  if (!invite) return <DeadEnd why={strings.invite.gone} />;
  const accept = () =>
    void attempt(async () => {
      const { conversation } = await requests.mutate(AcceptInviteDocument, { input: { code } });
      if (conversation) navigate(`/c/${conversation.id}`, { replace: true });
      else setAsked(true);
    });
  return (
    <div className={account.page}>
      <div className={account.card}>
        <div>
          <p className={account.intro}>{strings.invite.title}</p>
          <h2>{invite.title}</h2>
          <p className={account.intro}>{strings.invite.members(invite.memberCount)}</p>
        </div>
        {invite.description && <p>{invite.description}</p>}
        {isAsked ? (
          <p className={account.note} role="status">
            {strings.invite.asked}
          </p>
        ) : (
          <Button kind="primary" wide onPress={accept}>
            {invite.viewerIsMember
              ? strings.invite.open
              : invite.needsApproval
                ? strings.invite.ask
                : strings.invite.join}
          </Button>
        )}
        <Link className={account.home} href="/">
          {strings.goHome}
        </Link>
      </div>
    </div>
  );
}
