import { createHash } from 'node:crypto';
import type { Entry, Member, Section } from './reference.js';

export interface ReferencePage {
  html: string;
  /** Content-Security-Policy: its own style and script, and nothing else. */
  policy: string;
}

const style = `
:root { color-scheme: light dark; --quiet: light-dark(#59616b, #a2abb5); --line: light-dark(#d8dde3, #333b44);
  --link: light-dark(#0a58b0, #7ab8ff); --code: light-dark(#f2f4f7, #1d2329); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
header { padding: 16px; border-bottom: 1px solid var(--line); }
header h1 { margin: 0 0 8px; font-size: 22px; }
header p { margin: 0 0 8px; color: var(--quiet); }
input { width: 100%; max-width: 480px; padding: 8px 12px; font: inherit; border: 1px solid var(--line); border-radius: 8px; }
nav { padding: 8px 16px; }
nav ul { list-style: none; margin: 4px 0 12px; padding: 0 0 0 12px; }
nav li { padding: 2px 0; }
summary { cursor: pointer; font-weight: 600; }
main { padding: 0 16px 48px; min-width: 0; }
h2 { margin: 32px 0 0; font-size: 20px; }
h3 { margin: 0; font-size: 17px; font-weight: 600; }
article { padding: 16px 0; border-bottom: 1px solid var(--line); scroll-margin-top: 8px; }
article p { margin: 6px 0; }
.quiet { color: var(--quiet); }
code { padding: 1px 4px; border-radius: 4px; background: var(--code); font-size: 14px; }
dl { margin: 8px 0 0; }
dt { margin-top: 8px; }
dd { margin: 0 0 0 16px; color: var(--quiet); }
@media (min-width: 900px) {
  .columns { display: grid; grid-template-columns: 300px minmax(0, 820px); }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); }
  main { padding: 0 32px 48px; }
}
`;

const script = `
const [search, none] = ['search', 'none'].map((id) => document.getElementById(id));
const items = [...document.querySelectorAll('[data-words]')];
const groups = [...document.querySelectorAll('main section, nav details')];
const wasOpen = new Map(groups.map((group) => [group, group.open]));
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const item of items) item.hidden = !words.every((word) => item.dataset.words.includes(word));
  for (const group of groups) {
    group.hidden = !group.querySelector('[data-words]:not([hidden])');
    if (group.matches('details')) group.open = words.length > 0 || wasOpen.get(group);
  }
  none.hidden = items.some((item) => !item.hidden);
});
search.form.addEventListener('submit', (event) => event.preventDefault());
`;

/** The reference as one page that needs nothing else, and is whole without its script, which searches. */
export function toPage(sections: readonly Section[]): ReferencePage {
  const anchors = new Set(sections.flatMap(({ entries }) => entries.map(({ anchor }) => anchor)));
  const typeOf = (type: string) => linked(type, anchors);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reference of the API</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Reference of the API</h1>
<p>Everything that can be asked at /graphql. Try it in the <a href="/graphql">explorer</a>.</p>
<form role="search"><input id="search" type="search" aria-label="Search" placeholder="Search: sendMessage, cursor, presence …" autocomplete="off"></form>
</header>
<div class="columns">
<nav aria-label="Contents">
${sections.map(contentsOf).join('\n')}
</nav>
<main>
<p id="none" role="status" hidden>Nothing has these words.</p>
${sections.map((section) => sectionOf(section, typeOf)).join('\n')}
</main>
</div>
<script>${script}</script>
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const isOperation = ({ kind }: Entry) => ['query', 'mutation', 'subscription'].includes(kind);

function contentsOf({ title, entries }: Section): string {
  const items = entries.map(
    (entry) => `<li data-words="${wordsOf(entry)}"><a href="#${entry.anchor}">${entry.name}</a></li>`,
  );
  return `<details${entries.some(isOperation) ? ' open' : ''}><summary>${title}</summary><ul>${items.join('')}</ul></details>`;
}

type TypeOf = (type: string) => string;

function sectionOf({ title, entries }: Section, typeOf: TypeOf): string {
  return `<section><h2>${title}</h2>${entries.map((entry) => articleOf(entry, typeOf)).join('\n')}</section>`;
}

function articleOf(entry: Entry, typeOf: TypeOf): string {
  const { anchor, name, kind, type, description, interfaces, members, notes } = entry;
  const lines = [
    `<h3><a href="#${anchor}">${name}</a>${type === null ? '' : `: ${typeOf(type)}`}</h3>`,
    description && `<p>${proseOf(description)}</p>`,
    interfaces.length > 0 && `<p class="quiet">Implements ${interfaces.map(typeOf).join(', ')}.</p>`,
    notes.length > 0 && `<p class="quiet">${proseOf(notes.join(' '))}</p>`,
    kind === 'union' && `<p>One of ${members.map((member) => typeOf(member.name)).join(', ')}.</p>`,
    kind !== 'union' && members.length > 0 && `<dl>${members.map((member) => memberOf(member, typeOf)).join('')}</dl>`,
  ];
  return `<article id="${anchor}" data-words="${wordsOf(entry)}">${lines.filter(Boolean).join('\n')}</article>`;
}

function memberOf(member: Member, typeOf: TypeOf): string {
  const { name, type, description } = member;
  const args =
    member.arguments.length > 0 ? `(${member.arguments.map((each) => signature(each, typeOf)).join(', ')})` : '';
  const head = `<dt><code>${name}</code>${args}${type === null ? '' : `: ${typeOf(type)}`}${defaultOf(member)}</dt>`;
  const about = [description, ...member.arguments.filter((each) => each.description).map(aboutArgument)].filter(
    Boolean,
  );
  return head + about.map((text) => `<dd>${proseOf(text)}</dd>`).join('');
}

const aboutArgument = ({ name, description }: Member) => `\`${name}\`: ${description}`;
const signature = (member: Member, typeOf: TypeOf) =>
  `${member.name}: ${typeOf(member.type ?? '')}${defaultOf(member)}`;
const defaultOf = (member: Member) => (member.default === null ? '' : ` = <code>${escaped(member.default)}</code>`);

/** What a search looks at. */
function wordsOf({ name, description, members }: Entry): string {
  return escaped([name, description, ...members.map((member) => member.name)].join(' ').toLowerCase());
}

function linked(type: string, anchors: ReadonlySet<string>): string {
  const name = type.replace(/[[\]!]/g, '');
  const anchor = `type-${name}`;
  return anchors.has(anchor) ? type.replace(name, `<a href="#${anchor}">${name}</a>`) : type;
}

const proseOf = (text: string) => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
