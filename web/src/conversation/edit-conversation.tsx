import { useChat } from '@parley/client/react';
import { UpdateConversationDocument, type ConversationFieldsFragment } from '@parley/client/operations';
import { useState } from 'react';
import { AvatarField } from '../media/avatar-field';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { PolicyFields } from './policy-fields';

export interface EditConversationProps {
  info: ConversationFieldsFragment;
  onClose: () => void;
}

export function EditConversation({ info, onClose }: EditConversationProps) {
  const { requests } = useChat();
  const [policy, setPolicy] = useState(info.policy);
  return (
    <Dialog title={strings.details.edit} isOpen onClose={onClose}>
      <AvatarField
        id={info.id}
        name={info.title ?? ''}
        url={info.avatarUrl}
        isSquare
        onChoose={(avatarMediaId) => {
          const input = { conversationId: info.id, avatarMediaId };
          return requests.mutate(UpdateConversationDocument, { input }, { repeatable: true });
        }}
      />
      <Form
        onSubmit={async ({ title = '', description = '' }) => {
          const { whoCanSend, whoCanInvite, slowModeSeconds, messageTtlSeconds } = policy;
          const input = {
            conversationId: info.id,
            title,
            description: description.trim() || null,
            policy: { whoCanSend, whoCanInvite, slowModeSeconds, messageTtlSeconds },
          };
          await requests.mutate(UpdateConversationDocument, { input }, { repeatable: true });
          onClose();
        }}
      >
        {({ isBusy }) => (
          <>
            <Field name="title" label={strings.start.name} defaultValue={info.title ?? ''} maxLength={120} isRequired />
            <Field
              name="description"
              label={strings.start.description}
              defaultValue={info.description ?? ''}
              maxLength={500}
              isLong
            />
            <PolicyFields policy={policy} onChange={setPolicy} />
            <DialogActions>
              <Button type="submit" kind="primary" isDisabled={isBusy}>
                {strings.save}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}
