export const authConfig = {
  providers: [
    {
      id: 'daemun',
      name: 'Daemun',
      type: 'oidc',
      issuer: 'https://login.example.com',
      clientId: 'shop',
      clientSecret: process.env.DAEMUN_CLIENT_SECRET,
      authorization: { params: { scope: 'openid profile email' } },
      checks: ['pkce', 'state', 'nonce'],
    },
  ],
  basePath: '/api/auth',
  secret: process.env.SESSION_SECRET,
  callbacks: {
    /* Auth.js makes up an id for each sign-in: this one stays the same. */
    jwt: ({ token, profile }) => (profile ? { ...token, sub: profile.sub } : token),
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
}
