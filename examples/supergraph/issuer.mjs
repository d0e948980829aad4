import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

// Stands for your identity provider. It gives an id token to whoever asks: a real one has people sign in first.
const { PORT = '4400' } = process.env;
const people = new Map([
  ['7', { name: 'Ada', preferred_username: 'ada', email: 'ada@acme.example', email_verified: true }],
  ['8', { name: 'Grace', preferred_username: 'grace', email: 'grace@acme.example', email_verified: true }],
]);

const { privateKey, publicKey } = await generateKeyPair('ES256');
const key = { ...(await exportJWK(publicKey)), kid: 'acme', alg: 'ES256', use: 'sig' };

const idToken = (sub) =>
  new SignJWT(people.get(sub))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setIssuer(issuer())
    .setAudience('acme-chat')
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(privateKey);

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer());
  const answer = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  if (pathname === '/.well-known/openid-configuration')
    return answer({ issuer: issuer(), jwks_uri: `${issuer()}/keys` });
  if (pathname === '/keys') return answer({ keys: [key] });
  const sub = searchParams.get('sub');
  if (pathname === '/id-token' && people.has(sub)) return answer({ id_token: await idToken(sub) });
  response.writeHead(404).end();
});
const issuer = () => `http://127.0.0.1:${server.address().port}`;
server.listen(Number(PORT), '127.0.0.1', () => console.log(`issuer ${issuer()}`));
