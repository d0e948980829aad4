import { randomBytes } from 'node:crypto';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import type { Device } from '../client.js';

/** Errors that a story brings about itself. */
const expected = /net::ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed/;

/** Whom others find, with a browser or without. */
export type Findable = Pick<Visitor, 'name' | 'handle'>;

export const findable = ({ person: { displayName: name, handle } }: Device): Findable => ({ name, handle });

/** Somebody at a browser. What they do is told in the words of the app. */
export class Visitor {
  readonly handle: string;
  readonly password: string;
  /** What their pages have printed as errors. */
  readonly complaints: string[] = [];

  constructor(
    readonly name: string,
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
    /** One that nobody else has, where none is given. */
    handle?: string,
  ) {
    const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    this.handle = handle ?? `${plain.slice(0, 12)}_${randomBytes(6).toString('hex')}`;
    this.password = `correct horse ${this.handle}`;
    context.setDefaultTimeout(20_000);
    context.on('weberror', (error) => this.complaints.push(`${name}: ${error.error().stack}`));
    context.on('console', (message) => {
      if (message.type() === 'error' && !expected.test(message.text()))
        this.complaints.push(`${name}: ${message.text()}`);
    });
  }

  get email(): string {
    return `${this.handle}@example.org`;
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  async signUp(): Promise<void> {
    const { page } = this;
    await page.goto(`${this.url}/sign-up`);
    await page.getByLabel('Your name').fill(this.name);
    await page.getByLabel('Handle').fill(this.handle);
    await page.getByLabel('E-mail').fill(this.email);
    await page.getByLabel('Password').fill(this.password);
    await this.press('Create an account');
    await this.press('Later');
  }

  /** Once they are signed in. */
  async openApp(): Promise<void> {
    await this.page.goto(this.url);
    await this.page.getByRole('heading', { name: 'Chats' }).waitFor();
  }

  /** The app at once in that conversation. */
  async openConversation(id: string, title: string): Promise<void> {
    await this.page.goto(`${this.url}/c/${id}`);
    await this.isIn(title);
  }

  async signIn(): Promise<void> {
    await this.page.getByLabel('E-mail or handle').fill(this.handle);
    await this.page.getByLabel('Password').fill(this.password);
    await this.press('Sign in');
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).first().click();
  }

  choose(name: string): Promise<void> {
    return this.page.getByRole('menuitem', { name, exact: true }).click();
  }

  /** Finds somebody by their handle, where a dialog asks for people. */
  async find(other: Findable): Promise<void> {
    await this.page.getByLabel('Name or handle').fill(other.handle);
    await this.page.getByRole('button', { name: new RegExp(other.handle) }).click();
  }

  async openDirect(other: Findable): Promise<void> {
    await this.press('New conversation');
    await this.find(other);
    await this.isIn(other.name);
  }

  /** Has the conversation with that title open, and not the one before any more. */
  async isIn(title: string): Promise<void> {
    await this.page.getByRole('region', { name: `Messages in ${title}` }).waitFor();
    await this.composer.waitFor();
  }

  async createGroup(title: string, others: Findable[]): Promise<void> {
    await this.press('New conversation');
    await this.press('New group');
    await this.page.getByRole('textbox', { name: 'Name', exact: true }).fill(title);
    for (const other of others) await this.find(other);
    await this.press('Create');
    await this.isIn(title);
  }

  row(title: string): Locator {
    return this.page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('listitem')
      .filter({ hasText: title });
  }

  async open(title: string): Promise<void> {
    await this.row(title).getByRole('link').click();
    await this.isIn(title);
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Chooses files, as by the button beside the composer. */
  async attach(...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    await this.page.locator('input[type=file]').setInputFiles(files);
    for (const { name } of files) await this.attached(name).waitFor();
  }

  /** A file that goes with the message that is being written. */
  attached(name: string): Locator {
    return this.page.getByRole('list', { name: 'Attached files' }).getByRole('listitem').filter({ hasText: name });
  }

  /** A message in the open conversation. */
  message(text: string): Locator {
    return this.page.getByRole('article').filter({ hasText: text });
  }

  async sees(text: string): Promise<void> {
    await this.message(text).first().waitFor();
  }

  /** Presses one of the buttons beside a message. */
  async at(text: string, button: string): Promise<void> {
    const message = this.message(text).first();
    await message.hover();
    await message.getByRole('button', { name: button, exact: true }).click();
  }

  async menu(text: string, choice: string): Promise<void> {
    await this.at(text, 'Message actions');
    await this.choose(choice);
  }

  /** The open conversation, as it reads from top to bottom; also what the list hides for the moment in which it measures it. */
  async bodies(): Promise<string[]> {
    return this.page.getByRole('article').locator('[data-body]').allTextContents();
  }
}
