import { useChat } from '@parley/client/react';
import { ReportDocument, type ReportInput, type ReportReason } from '@parley/client/operations';
import { useState } from 'react';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { tell } from '../ui/notices';
import { Pick as PickOne } from '../ui/pick';

const { report } = strings;
const reasons = Object.entries(report.reasons).map(([value, label]) => ({ value: value as ReportReason, label }));

export interface ReportDialogProps {
  subject: Pick<ReportInput, 'messageId' | 'userId' | 'conversationId'>;
  onClose: () => void;
}

export function ReportDialog({ subject, onClose }: ReportDialogProps) {
  const { requests } = useChat();
  const [reason, setReason] = useState<ReportReason>('SPAM');
  const [clientMutationId] = useState(() => crypto.randomUUID());
  return (
    <Dialog title={report.title} isOpen onClose={onClose}>
      <Form
        onSubmit={async ({ comment = '' }) => {
          const input = { ...subject, reason, comment: comment.trim() || null, clientMutationId };
          await requests.mutate(ReportDocument, { input });
          tell(report.sent);
          onClose();
        }}
      >
        {({ isBusy }) => (
          <>
            <PickOne label={report.reason} value={reason} options={reasons} onChange={setReason} />
            <Field name="comment" label={report.comment} isLong maxLength={1_000} />
            <DialogActions>
              <Button type="submit" kind="primary" isDisabled={isBusy}>
                {report.send}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}
