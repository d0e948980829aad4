import { useChat } from '@parley/client/react';
import type { PersonFieldsFragment } from '@parley/client/operations';
import { Hash, Users } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { attempt } from '../ui/notices';
import { Toggle } from '../ui/toggle';
import styles from './people.module.css';
import { PeopleFinder, PeoplePicker } from './people-picker';

type Kind = 'DIRECT' | 'GROUP' | 'CHANNEL';

/** Starts a conversation with somebody, a group, or a channel. */
export function NewConversation({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<Kind>('DIRECT');
  const [, navigate] = useLocation();
  const chat = useChat();
  const open = (id: string) => {
    onClose();
    navigate(`/c/${id}`);
  };
  if (kind === 'GROUP') return <NewGroup onClose={onClose} onCreated={open} />;
  if (kind === 'CHANNEL') return <NewChannel onClose={onClose} onCreated={open} />;
  return (
    <Dialog title={strings.start.title} isOpen onClose={onClose}>
      <div className={styles.kinds}>
        <Button onPress={() => setKind('GROUP')}>
          <Users size={17} aria-hidden />
          {strings.start.newGroup}
        </Button>
        <Button onPress={() => setKind('CHANNEL')}>
          <Hash size={17} aria-hidden />
          {strings.start.newChannel}
        </Button>
      </div>
      <PeopleFinder onPick={({ id }) => void attempt(async () => open(await chat.openDirect(id)))} />
    </Dialog>
  );
}

interface NewProps {
  onClose: () => void;
  onCreated: (id: string) => void;
}

function NewGroup({ onClose, onCreated }: NewProps) {
  const chat = useChat();
  const [people, setPeople] = useState<readonly PersonFieldsFragment[]>([]);
  return (
    <Dialog title={strings.start.groupTitle} isOpen onClose={onClose}>
      <Form
        onSubmit={async ({ title = '' }) =>
          onCreated(await chat.createGroup({ title, memberIds: people.map(({ id }) => id) }))
        }
      >
        {({ isBusy }) => (
          <>
            <Field name="title" label={strings.start.name} maxLength={120} isRequired />
            <PeoplePicker picked={people} onChange={setPeople} />
            <DialogActions>
              <Button type="submit" kind="primary" isDisabled={isBusy || people.length === 0}>
                {strings.start.create}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function NewChannel({ onClose, onCreated }: NewProps) {
  const chat = useChat();
  const [isPublic, setPublic] = useState(false);
  return (
    <Dialog title={strings.start.channelTitle} isOpen onClose={onClose}>
      <Form
        onSubmit={async ({ title = '', description = '' }) => {
          const visibility = isPublic ? 'PUBLIC' : 'PRIVATE';
          onCreated(await chat.createChannel({ title, description: description.trim() || null, visibility }));
        }}
      >
        {({ isBusy }) => (
          <>
            <Field name="title" label={strings.start.name} maxLength={120} isRequired autoFocus />
            <Field name="description" label={strings.start.description} isLong maxLength={500} />
            <Toggle
              label={strings.start.isPublic}
              hint={strings.start.isPublicHint}
              isOn={isPublic}
              onChange={setPublic}
            />
            <DialogActions>
              <Button type="submit" kind="primary" isDisabled={isBusy}>
                {strings.start.create}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}
