import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { Mailer } from '@adonisjs/mail'
import emitter from '@adonisjs/core/services/emitter'
import { giveAway } from '#tests/support/secret_scan/sinks'
import { SMTPTransport } from '@adonisjs/mail/transports/smtp'

/** A mail as it arrived, taken apart. */
export interface ArrivedMail {
  to: string[]
  headers: Map<string, string>
  text: string
  html: string
}

type Answer = Error | null

/** An SMTP error such as 450 or 550, for the test's server to answer with. */
export function smtpAnswer(responseCode: number): Error {
  return Object.assign(new Error(`answer of a test to person@example.com`), { responseCode })
}

/** A small mail server on loopback. Mails it accepts are in `arrived`. */
export class MailServer {
  readonly arrived: ArrivedMail[] = []
  /** The answer to RCPT TO; `null` accepts. */
  onRecipient: (address: string) => Answer = () => null
  /** The answer to the message itself, which counts as arrived only with `null`. */
  onMessage: (mail: ArrivedMail) => Answer | Promise<Answer> = () => null
  /** How many connections were made. */
  connections = 0
  port = 0

  #server?: SMTPServer

  /** Listens on the same `port` as before, if any, so that a dead server comes back. */
  async start() {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onConnect: (_session, done) => {
        this.connections++
        done()
      },
      onRcptTo: ({ address }, _session, done) => done(this.onRecipient(address)),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', async () => {
          const to = session.envelope.rcptTo.map((one) => one.address)
          const mail = takeApart(Buffer.concat(chunks).toString('utf8'), to)
          const shown = [...mail.headers.values(), mail.text, mail.html].join('\n')
          giveAway({ sink: 'mail', where: 'the mail server' }, shown)
          const answer = await this.onMessage(mail)
          if (!answer) this.arrived.push(mail)
          done(answer)
        })
      },
    })
    /* A client that is killed resets its connection, as some tests intend. */
    server.on('error', () => {})
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
    this.port = (server.server.address() as AddressInfo).port
    this.#server = server
  }

  async stop() {
    const server = this.#server
    this.#server = undefined
    if (server) await new Promise<void>((resolve) => server.close(resolve))
  }

  /** Back to the initial state. */
  reset() {
    this.arrived.length = 0
    this.connections = 0
    this.onRecipient = () => null
    this.onMessage = () => null
  }

  /** A mailer that talks to this server, as config/mail.ts would make it. */
  mailer() {
    return new Mailer(
      'smtp',
      new SMTPTransport({ host: '127.0.0.1', port: this.port, connectionTimeout: 2_000 }),
      emitter
    )
  }
}

function takeApart(source: string, to: string[]): ArrivedMail {
  const { headers, body } = splitHeaders(source)
  const mail: ArrivedMail = { to, headers, text: '', html: '' }
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1]
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const inner = splitHeaders(part.replace(/^\r\n/, ''))
    const content = decode(inner.body, inner.headers.get('content-transfer-encoding'))
    if (inner.headers.get('content-type')?.startsWith('text/html')) mail.html = content
    else mail.text = content
  }
  return mail
}

function splitHeaders(source: string) {
  const end = source.indexOf('\r\n\r\n')
  const headers = new Map<string, string>()
  for (const line of source
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim()))
  }
  return { headers, body: source.slice(end + 4) }
}

function decode(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding === 'quoted-printable') return decodeQuoted(body.replaceAll('=\r\n', ''))
  return body
}

function decodeQuoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_all, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** RFC 2047: how a header encodes what is not ASCII. */
function decodeWords(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, kind, word) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' '))
    )
}
