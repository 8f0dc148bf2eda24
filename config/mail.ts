import env from '#start/env'
import { isLoopbackHost } from '#start/loopback'
import { appUrl } from '#config/app'
import { defineConfig, transports } from '@adonisjs/mail'

const host = env.get('SMTP_HOST')
const username = env.get('SMTP_USERNAME')
const { hostname } = new URL(appUrl)

/**
 * Where mails go: to the SMTP server, if there is one; otherwise, with the sandbox, to
 * its inbox page; otherwise nowhere, and they wait in `outgoing_mails`.
 */
export const delivery = host ? 'smtp' : env.get('SANDBOX') ? 'inbox' : 'none'

/** The sender. An empty name defaults to the site's name, in the language of the mail. */
export const sender = {
  address: env.get('MAIL_FROM_ADDRESS') || `no-reply@${hostname}`,
  name: env.get('MAIL_FROM_NAME'),
}

/* Has no `from`: app/mails/send_letter.ts sets it, in the mail's language. */
const mailConfig = defineConfig({
  default: delivery === 'smtp' ? 'smtp' : 'inbox',
  mailers: {
    smtp: transports.smtp({
      host,
      port: env.get('SMTP_PORT'),
      secure: env.get('SMTP_PORT') === 465,
      auth: username
        ? { type: 'login', user: username, pass: env.get('SMTP_PASSWORD') }
        : undefined,
      /* A password never crosses a network unencrypted, even if the server would accept it. */
      requireTLS: username !== '' && !isLoopbackHost(host),
      /* A mail server on this machine usually has a self-signed certificate. */
      tls: { rejectUnauthorized: !isLoopbackHost(host) },
      /* The name this server greets with; Node's default would reveal the machine's name. */
      name: hostname,
      /* Milliseconds. The last one applies to each silence of the server. */
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 60_000,
    }),
    /* Loaded only where it is used: never without the sandbox. */
    inbox: () => ({
      async send(message) {
        const { keepInInbox } = await import('#sandbox/inbox')
        return keepInInbox(message)
      },
    }),
  },
})

export default mailConfig

declare module '@adonisjs/mail/types' {
  export interface MailersList extends InferMailers<typeof mailConfig> {}
}
