export const daemun = {
  issuerBaseURL: 'https://login.example.com',
  baseURL: 'https://shop.example.com',
  clientID: 'shop',
  clientSecret: process.env.DAEMUN_CLIENT_SECRET,
  secret: process.env.SESSION_SECRET,
  authorizationParams: { response_type: 'code', scope: 'openid profile email' },
  authRequired: false,
  idpLogout: true,
}
