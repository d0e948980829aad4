import type { Entry, Member, Section } from './reference.js';

/** The reference as Markdown, for reading beside the code. */
export function toMarkdown(sections: readonly Section[]): string {
  const anchors = new Set(sections.flatMap(({ entries }) => entries.map(({ anchor }) => anchor)));
  const index = sections.map(
    ({ title, entries }) => `**${title}**: ${entries.map(({ name, anchor }) => `[${name}](#${anchor})`).join(', ')}\n`,
  );
  const typeOf = (type: string) => linked(type, anchors);
  const parts = sections.map(
    ({ title, entries }) => `## ${title}\n\n${entries.map((entry) => entryOf(entry, typeOf)).join('\n')}`,
  );
  return [...index, ...parts].join('\n');
}

type TypeOf = (type: string) => string;

function entryOf({ name, anchor, kind, description, type, interfaces, members, notes }: Entry, typeOf: TypeOf): string {
  const head = type === null ? name : `${name}: ${typeOf(type)}`;
  const lines = [`### <a id="${anchor}"></a>${head}\n`];
  if (description) lines.push(`${escaped(description)}\n`);
  if (interfaces.length > 0) lines.push(`Implements ${interfaces.map(typeOf).join(', ')}.\n`);
  if (notes.length > 0) lines.push(`${notes.join(' ')}\n`);
  if (kind === 'union') lines.push(`One of ${members.map((member) => typeOf(member.name)).join(', ')}.\n`);
  else if (members.length > 0) lines.push(`${members.map((member) => memberOf(member, typeOf)).join('\n')}\n`);
  return lines.join('\n');
}

function memberOf(member: Member, typeOf: TypeOf): string {
  const { name, type, description } = member;
  const args =
    member.arguments.length > 0 ? `(${member.arguments.map((each) => signature(each, typeOf)).join(', ')})` : '';
  const about = [description, ...member.arguments.filter((each) => each.description).map(aboutArgument)].filter(
    Boolean,
  );
  const head = type === null ? `\`${name}\`` : `\`${name}\`${args}: ${typeOf(type)}${defaultOf(member)}`;
  return `- ${head}${about.length > 0 ? `  \n  ${escaped(about.join(' '))}` : ''}`;
}

const aboutArgument = ({ name, description }: Member) => `\`${name}\`: ${description}`;
const signature = (member: Member, typeOf: TypeOf) =>
  `${member.name}: ${typeOf(member.type ?? '')}${defaultOf(member)}`;
const defaultOf = (member: Member) => (member.default === null ? '' : ` = \`${member.default}\``);

function linked(type: string, anchors: ReadonlySet<string>): string {
  const name = type.replace(/[[\]!]/g, '');
  const anchor = `type-${name}`;
  const [before = '', after = ''] = type.split(name).map((part) => part.replace(/[[\]]/g, '\\$&'));
  return anchors.has(anchor) ? `${before}[${name}](#${anchor})${after}` : `${before}${name}${after}`;
}

const escaped = (text: string) => text.replace(/\s*\n\s*/g, ' ').replace(/</g, '&lt;');
