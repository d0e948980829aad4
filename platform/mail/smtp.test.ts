import { expect, test } from '@jest/globals';
import { mailContract } from './contract.js';
import { SmtpMail } from './smtp.js';
import { SmtpServerFixture } from './smtp-server.fixture.js';

const letter = { to: 'ann@example.org', subject: 'Your code', text: 'ABCD', action: null };

mailContract('smtp', async (from) => {
  const server = await SmtpServerFixture.start();
  return {
    mail: new SmtpMail({ url: server.url, from }),
    arrived: async () => server.messages.map(({ data }) => data),
    end: () => server.stop(),
  };
});

test('the envelope names both addresses', async () => {
  const server = await SmtpServerFixture.start();
  const mail = new SmtpMail({ url: server.url, from: 'Parley <parley@example.org>' });
  await mail.send(letter);
  expect(server.messages).toMatchObject([{ from: 'parley@example.org', to: ['ann@example.org'] }]);
  await mail.close();
  await server.stop();
});

test('a server that is gone or busy means: later; one that refuses the address does not', async () => {
  const server = await SmtpServerFixture.start();
  const mail = new SmtpMail({ url: server.url, from: 'parley@example.org' });
  server.recipientReply = '451 busy';
  await expect(mail.send(letter)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  server.recipientReply = '550 nobody here';
  await expect(mail.send(letter)).rejects.not.toMatchObject({ code: 'UNAVAILABLE' });
  await server.stop();
  await expect(mail.send(letter)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await mail.close();
});
