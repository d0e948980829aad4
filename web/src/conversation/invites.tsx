import { useChat } from '@parley/client/react';
import {
  CreateInviteDocument,
  DecideJoinRequestDocument,
  InvitesDocument,
  RevokeInviteDocument,
} from '@parley/client/operations';
import { Copy, Link, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button, IconButton } from '../ui/button';
import { attempt } from '../ui/notices';
import { PersonLine, PlainList } from '../ui/people-list';
import { Toggle } from '../ui/toggle';
import styles from './details.module.css';
import { nameOf } from './names';

/** The links that let people in, and those who wait to be let in. */
export function Invites({ conversationId, isAdmin }: { conversationId: string; isAdmin: boolean }) {
  const { requests } = useChat();
  const { data, reload } = useAnswer(InvitesDocument, { conversationId });
  const [needsApproval, setNeedsApproval] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const act = (work: () => Promise<unknown>) =>
    void attempt(async () => {
      await work();
      await reload();
    });
  const create = () =>
    act(async () => {
      const input = { conversationId, needsApproval, clientMutationId: crypto.randomUUID() };
      const { invite } = await requests.mutate(CreateInviteDocument, { input });
      setMade(invite?.url ?? null);
    });
  const copy = (url: string) => void attempt(() => navigator.clipboard.writeText(url), strings.conversation.copied);
  const invites = data?.conversation?.invites ?? [];
  const waiting = data?.conversation?.joinRequests.edges.map(({ node }) => node) ?? [];
  return (
    <>
      {waiting.length > 0 && (
        <section className={styles.section}>
          <div className={styles.sectionHead}>
            <h3>{strings.details.requests}</h3>
          </div>
          <PlainList>
            {waiting.map(({ id, user }) => (
              <PersonLine key={id} id={user?.id ?? id} name={nameOf(user)} url={user?.avatarUrl}>
                {([true, false] as const).map((approve) => (
                  <Button
                    key={String(approve)}
                    kind={approve ? 'primary' : 'plain'}
                    onPress={() =>
                      act(() => requests.mutate(DecideJoinRequestDocument, { input: { joinRequestId: id, approve } }))
                    }
                  >
                    {approve ? strings.details.approve : strings.details.refuse}
                  </Button>
                ))}
              </PersonLine>
            ))}
          </PlainList>
        </section>
      )}
      <section className={styles.section}>
        <div className={styles.sectionHead}>
          <h3>{strings.details.invites}</h3>
        </div>
        {invites.map(({ id, code, url, useCount, maxUses, needsApproval: isAsked }) => (
          <div key={id} className={styles.invite}>
            <span className={styles.inviteText}>
              <code>{code}</code>
              <span className={styles.soft}>
                {strings.details.uses(useCount, maxUses)}
                {isAsked && `, ${strings.details.approval}`}
              </span>
            </span>
            <IconButton small label={strings.details.copy} onPress={() => copy(url)}>
              <Copy size={16} aria-hidden />
            </IconButton>
            <IconButton
              small
              label={strings.details.revoke}
              onPress={() => act(() => requests.mutate(RevokeInviteDocument, { input: { inviteId: id } }))}
            >
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </div>
        ))}
        {!isAdmin && made && (
          <div className={styles.invite}>
            <span className={styles.inviteText}>
              <code>{made}</code>
            </span>
            <IconButton small label={strings.details.copy} onPress={() => copy(made)}>
              <Copy size={16} aria-hidden />
            </IconButton>
          </div>
        )}
        <Toggle label={strings.details.needsApproval} isOn={needsApproval} onChange={setNeedsApproval} />
        <Button onPress={create}>
          <Link size={16} aria-hidden />
          {strings.details.newInvite}
        </Button>
      </section>
    </>
  );
}
