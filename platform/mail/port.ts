/** A message to one person, in plain text. */
export interface Letter {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  /** The same as `text`, for mail programs that show HTML: a whole document. Whoever writes it escapes what people wrote. */
  html?: string;
  /**
   * Where the person stops such letters: an http or https URL that answers GET with a page and, without a sign-in or a
   * redirect, a POST of `List-Unsubscribe=One-Click` by doing so (RFC 8058). Mail programs show a button for it.
   */
  unsubscribe?: string;
  /** The link or the code that the letter is about; null where there is none. A copy of what `text` holds. */
  action: string | null;
}

/** Letters to people. The transport may lose or repeat one; nothing may depend on its arrival. */
export interface Mail {
  /**
   * Resolves once the transport has taken the letter. Throws Fault UNAVAILABLE when it cannot now (the same letter can be
   * sent later), and any other error when it refuses this letter. Text is sent as given, in UTF-8; line breaks in `to`,
   * `subject` or `unsubscribe` never become headers.
   */
  send(letter: Letter): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
