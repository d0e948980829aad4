import type { Letter } from '../../platform/mail/port.js';

// Lines have at most 76 characters: then letters need no encoding, and can be read as they are.

export function verificationLetter(to: string, code: string): Letter {
  return {
    to,
    subject: 'Your code for Parley',
    text: [
      'Somebody signed up to Parley with this e-mail address.',
      'If it was you, enter this code:',
      '',
      code,
      '',
      'It can be used for a day. If it was not you, do nothing.',
    ].join('\n'),
    action: code,
  };
}

/** The token is in the fragment of the link: so neither servers' logs nor other sites get to see it. */
export function resetLetter(to: string, baseUrl: string, token: string): Letter {
  const link = `${baseUrl}/reset-password#token=${token}`;
  return {
    to,
    subject: 'A new password for Parley',
    text: [
      'Somebody asked for a new password for your Parley account.',
      'If it was you, open this link:',
      '',
      link,
      '',
      'or enter this in the app:',
      '',
      token,
      '',
      'It can be used once, within an hour, and signs out all your devices.',
      'If it was not you, do nothing.',
    ].join('\n'),
    action: link,
  };
}

export function warningLetter(to: string): Letter {
  return {
    to,
    subject: 'A warning from the moderators of Parley',
    text: 'Somebody reported you, and a moderator agrees.\nIf it happens again, your account may be suspended.',
    action: null,
  };
}
