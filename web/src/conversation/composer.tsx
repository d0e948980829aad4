import type { Member, StoredMessage } from '@parley/client';
import type { MentionInput } from '@parley/client/operations';
import { ArrowUp, Check, Mic, Pencil, Reply, Smile, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useId, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { AttachButton } from '../media/attach-button';
import type { Attaching } from '../media/attaching';
import type { Recorded } from '../media/recorder';
import { strings } from '../strings';
import { Avatar } from '../ui/avatar';
import { IconButton } from '../ui/button';
import { EmojiPicker } from '../ui/emoji';
import overlays from '../ui/overlay.module.css';
import styles from './composer.module.css';
import { asPicked, candidates, mentionAt, mentionsIn, type Picked } from './mentions';
import { nameOf, otherContent } from './names';

const AttachedFiles = lazy(() => import('../media/attached-files').then((all) => ({ default: all.AttachedFiles })));
const Recorder = lazy(() => import('../media/recorder').then((all) => ({ default: all.Recorder })));

/** What is being written: something new, an answer, or another wording. */
export type Writing = { kind: 'new' } | { kind: 'reply'; to: StoredMessage } | { kind: 'edit'; message: StoredMessage };

export interface ComposerProps {
  title: string;
  viewerId: string;
  members: readonly Member[];
  writing: Writing;
  initialText: string;
  attaching: Attaching;
  onSubmit: (body: string, mentions: MentionInput[]) => void;
  onVoice: (recorded: Recorded) => void;
  onText: (text: string) => void;
  /** Of a reply or an edit. */
  onStop: () => void;
  /** To edit the last message that one has sent. */
  onEditLast: () => void;
}

/** The API takes so many characters. */
const MOST = 8_000;
const isTouch = matchMedia('(pointer: coarse)').matches;
/** Only where the page came by HTTPS, or from this machine. */
const canRecord = 'mediaDevices' in navigator && 'MediaRecorder' in window;

export function Composer(props: ComposerProps) {
  const { title, viewerId, members, writing, initialText, attaching } = props;
  const { onSubmit, onVoice, onText, onStop, onEditLast } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(initialText);
  const [caret, setCaret] = useState(initialText.length);
  const [picked, setPicked] = useState<readonly Picked[]>([]);
  const [chosen, setChosen] = useState(0);
  const [isMentioning, setMentioning] = useState(true);
  const [isRecording, setRecording] = useState(false);
  const kept = useRef('');
  const listId = useId();

  useEffect(() => {
    if (!isTouch || writing.kind !== 'new') field.current?.focus();
  }, [writing]);
  useEffect(() => {
    if (writing.kind !== 'edit') return;
    const { body, mentions } = writing.message;
    kept.current = field.current?.value ?? '';
    change(body ?? '', false);
    setPicked(mentions.map(({ userId, start, end }) => ({ userId, text: (body ?? '').slice(start, end) })));
    return () => change(kept.current, false);
  }, [writing]);

  const change = (next: string, isTyped = true) => {
    setText(next);
    setChosen(0);
    setMentioning(true);
    if (isTyped && writing.kind !== 'edit') onText(next);
  };
  const at = isMentioning && members.length > 2 ? mentionAt(text, caret) : null;
  const people = at ? candidates(members, at.query, viewerId) : [];
  const body = text.trim();
  const isTooLong = [...body].length > MOST;
  const isEdit = writing.kind === 'edit';
  const carries = isEdit ? writing.message.attachments.length > 0 : attaching.uploads.length > 0;
  const canSubmit = (body !== '' || carries) && !isTooLong;

  const insert = (start: number, end: number, inserted: string) => {
    change(text.slice(0, start) + inserted + text.slice(end));
    const position = start + inserted.length;
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(position, position);
      setCaret(position);
    });
  };
  const mention = (member: Member) => {
    const person = asPicked(member);
    setPicked([...picked.filter(({ userId }) => userId !== person.userId), person]);
    if (at) insert(at.start, caret, `${person.text} `);
  };
  const submit = () => {
    if (!canSubmit) return;
    if (writing.kind !== 'edit') {
      change('');
      setPicked([]);
    }
    onSubmit(body, mentionsIn(body, picked));
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    const stop = (act: () => void) => {
      event.preventDefault();
      act();
    };
    if (people.length > 0) {
      if (key === 'ArrowDown') return stop(() => setChosen((chosen + 1) % people.length));
      if (key === 'ArrowUp') return stop(() => setChosen((chosen + people.length - 1) % people.length));
      if (key === 'Enter' || key === 'Tab') return stop(() => mention(people[chosen]!));
      if (key === 'Escape') return stop(() => setMentioning(false));
    }
    if (key === 'Enter' && !event.shiftKey && !isTouch) return stop(submit);
    if (key === 'Escape' && writing.kind !== 'new') return stop(onStop);
    if (key === 'ArrowUp' && text === '' && writing.kind === 'new') return stop(onEditLast);
  };
  const paste = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData;
    // Some programs put a picture of a text beside the text.
    if (isEdit || files.length === 0 || (types.includes('text/plain') && types.includes('text/html'))) return;
    event.preventDefault();
    attaching.add(files);
  };
  if (isRecording)
    return (
      <div className={styles.composer}>
        <div className={styles.box}>
          <Suspense>
            <Recorder
              onStop={() => setRecording(false)}
              onDone={(recorded) => {
                setRecording(false);
                onVoice(recorded);
              }}
            />
          </Suspense>
        </div>
      </div>
    );
  const isVoice = canRecord && !isEdit && body === '' && !carries;
  return (
    <div className={styles.composer}>
      <div className={styles.box}>
        {people.length > 0 && (
          <div id={listId} role="listbox" aria-label={strings.composer.mentions} className={styles.mentions}>
            {people.map((member, index) => (
              <div
                key={member.userId}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={styles.candidate}
                onPointerDown={(event) => {
                  event.preventDefault();
                  mention(member);
                }}
              >
                <Avatar id={member.userId} name={nameOf(member.user)} url={member.user?.avatarUrl} size={28} />
                {nameOf(member.user)} <small>@{member.user?.handle}</small>
              </div>
            ))}
          </div>
        )}
        {writing.kind !== 'new' && <About writing={writing} onStop={onStop} />}
        {!isEdit && attaching.uploads.length > 0 && (
          <Suspense>
            <AttachedFiles uploads={attaching.uploads} onRemove={attaching.remove} />
          </Suspense>
        )}
        <div className={styles.line}>
          {!isEdit && <AttachButton onFiles={attaching.add} />}
          <EmojiButton onPick={(emoji) => insert(caret, caret, emoji)} />
          <textarea
            ref={field}
            className={styles.text}
            rows={1}
            value={text}
            placeholder={strings.composer.placeholder(title)}
            aria-label={strings.composer.label}
            aria-autocomplete="list"
            aria-controls={people.length > 0 ? listId : undefined}
            aria-activedescendant={people.length > 0 ? `${listId}-${chosen}` : undefined}
            aria-invalid={isTooLong}
            enterKeyHint={isTouch ? 'enter' : 'send'}
            onChange={(event) => {
              setCaret(event.target.selectionStart);
              change(event.target.value);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={press}
            onPaste={paste}
          />
          {isVoice && (
            <IconButton label={strings.media.record} onPress={() => setRecording(true)}>
              <Mic size={20} aria-hidden />
            </IconButton>
          )}
          <Button
            className={styles.send}
            aria-label={writing.kind === 'edit' ? strings.composer.saveEdit : strings.composer.send}
            isDisabled={!canSubmit}
            preventFocusOnPress
            onPress={submit}
          >
            {writing.kind === 'edit' ? <Check size={19} aria-hidden /> : <ArrowUp size={19} aria-hidden />}
          </Button>
        </div>
        {isTooLong && (
          <p className={styles.limit} role="alert">
            {strings.composer.tooLong(MOST)}
          </p>
        )}
      </div>
    </div>
  );
}

function About({ writing, onStop }: { writing: Exclude<Writing, { kind: 'new' }>; onStop: () => void }) {
  const message = writing.kind === 'reply' ? writing.to : writing.message;
  return (
    <div className={styles.about}>
      {writing.kind === 'reply' ? <Reply size={17} aria-hidden /> : <Pencil size={17} aria-hidden />}
      <div className={styles.aboutText}>
        <strong>
          {writing.kind === 'reply' ? strings.composer.replyingTo(nameOf(message.sender)) : strings.composer.editing}
        </strong>
        <span>{message.body || otherContent(message.kind)}</span>
      </div>
      <IconButton small label={strings.composer.stop} onPress={onStop}>
        <X size={17} aria-hidden />
      </IconButton>
    </div>
  );
}

function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <DialogTrigger>
      <IconButton label={strings.composer.emoji}>
        <Smile size={20} aria-hidden />
      </IconButton>
      <Popover className={overlays.popover} placement="top start">
        <Dialog aria-label={strings.composer.emoji} className={overlays.dialog}>
          {({ close }) => (
            <EmojiPicker
              onPick={(emoji) => {
                close();
                onPick(emoji);
              }}
            />
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
