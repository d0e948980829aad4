import type { ConversationFieldsFragment } from '@parley/client/operations';
import { strings } from '../strings';
import { optionsOf, Pick } from '../ui/pick';

export type Policy = ConversationFieldsFragment['policy'];

export interface PolicyFieldsProps {
  policy: Policy;
  onChange: (policy: Policy) => void;
}

/** What members may do, how often, and how long it stays. */
export function PolicyFields({ policy, onChange }: PolicyFieldsProps) {
  const { details } = strings;
  const roles = optionsOf(details.roles);
  const set = (change: Partial<Policy>) => onChange({ ...policy, ...change });
  return (
    <>
      <Pick
        label={details.whoCanSend}
        value={policy.whoCanSend}
        options={roles}
        onChange={(whoCanSend) => set({ whoCanSend })}
      />
      <Pick
        label={details.whoCanInvite}
        value={policy.whoCanInvite}
        options={roles}
        onChange={(whoCanInvite) => set({ whoCanInvite })}
      />
      <Pick
        label={details.slowMode}
        value={String(policy.slowModeSeconds)}
        options={secondsOf(details.slowModes, policy.slowModeSeconds)}
        onChange={(seconds) => set({ slowModeSeconds: Number(seconds) })}
      />
      <Pick
        label={details.ttl}
        value={String(policy.messageTtlSeconds ?? 0)}
        options={secondsOf(details.ttls, policy.messageTtlSeconds ?? 0)}
        onChange={(seconds) => set({ messageTtlSeconds: Number(seconds) || null })}
      />
    </>
  );
}

/** Another client may have set what is not offered here. */
function secondsOf(labels: Record<string, string>, seconds: number): { value: string; label: string }[] {
  const options = optionsOf(labels);
  return String(seconds) in labels
    ? options
    : [...options, { value: String(seconds), label: strings.details.asItIs(seconds) }];
}
