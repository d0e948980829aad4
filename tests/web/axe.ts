import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe finds on a page; in the dark, colours alone are another matter. */
export async function violations(page: Page, screen: string): Promise<string[]> {
  const inLight = await look(page, 'light', { runOnly: levels });
  const inDark = await look(page, 'dark', { runOnly: { type: 'rule', values: ['color-contrast'] } });
  return [...inLight, ...inDark].flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${screen}: ${id}: ${html}\n${failureSummary}`),
  );
}

async function look(page: Page, colorScheme: 'light' | 'dark', options: object): Promise<Violation[]> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  // On a busy machine the colours of the other scheme may not be there yet.
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
  // A tooltip comes and goes at the end of the page, outside of its landmarks.
  const context = { exclude: [['[data-overlay-container]:has(> [role=tooltip])']] };
  // Not as a script element: the policy of the page would refuse it.
  if (!(await page.evaluate('Boolean(window.axe)'))) await page.evaluate(`(() => { ${axe} })()`);
  // What is well need not be told of, which is most of the work.
  const asked = { ...options, resultTypes: ['violations'] };
  return page.evaluate(`(() => {
    return window.axe.run(${JSON.stringify(context)}, ${JSON.stringify(asked)}).then(({ violations }) => violations);
  })()`);
}
