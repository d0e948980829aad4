import { useChat } from '@parley/client/react';
import {
  ReportsDocument,
  ResolveReportDocument,
  type ReportFieldsFragment,
  type ReportResolution,
} from '@parley/client/operations';
import { inFull } from '../app/time';
import { useAnswer } from '../app/use-answer';
import { nameOf } from '../conversation/names';
import styles from '../settings/settings.module.css';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';

const { report: texts } = strings;

/** For moderators: what people reported and nobody has decided on, oldest first. */
export function Reports() {
  const { requests } = useChat();
  const { data, error, reload } = useAnswer(ReportsDocument, { status: 'OPEN', first: 50 });
  const reports = data?.reports.edges.map(({ node }) => node) ?? [];
  const resolve = (reportId: string, resolution: ReportResolution) =>
    void attempt(async () => {
      await requests.mutate(ResolveReportDocument, { input: { reportId, resolution } });
      await reload();
    });
  return (
    <section className={styles.section}>
      <h3>{texts.queue}</h3>
      {error && <p role="alert">{error.message}</p>}
      {data && reports.length === 0 && <p className={styles.soft}>{texts.none}</p>}
      <ul className={styles.cards}>
        {reports.map((report) => (
          <li key={report.id} className={styles.card}>
            <div className={styles.cardText}>
              <strong>
                {texts.reasons[report.reason]}: {subjectOf(report)}
              </strong>
              {report.excerpt && <blockquote className={styles.quote}>{report.excerpt}</blockquote>}
              {report.comment && <p>{report.comment}</p>}
              <p className={styles.soft}>
                {texts.by(nameOf(report.reporter))} · {inFull(report.createdAt)}
              </p>
              <div className={styles.buttons}>
                {resolutionsFor(report).map((resolution) => (
                  <Button
                    key={resolution}
                    kind={resolution === 'USER_SUSPENDED' ? 'danger' : 'plain'}
                    onPress={() => resolve(report.id, resolution)}
                  >
                    {texts.resolutions[resolution]}
                  </Button>
                ))}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Moderators see who answers for it, and an excerpt: not the message itself, unless they are members. */
function subjectOf({ author, subject }: ReportFieldsFragment): string {
  if (author) return nameOf(author);
  if (subject?.__typename === 'Message') return strings.conversation.deletedUser;
  return subject ? texts.conversation : texts.gone;
}

/** A message goes also where its author has gone; where nobody answers for it, nobody can be warned. */
function resolutionsFor({ author, subject }: ReportFieldsFragment): ReportResolution[] {
  const resolutions: ReportResolution[] = ['DISMISSED'];
  if (author || subject?.__typename === 'Message') resolutions.push('CONTENT_REMOVED');
  if (author) resolutions.push('USER_WARNED', 'USER_SUSPENDED');
  return resolutions;
}
