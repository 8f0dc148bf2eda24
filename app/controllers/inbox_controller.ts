import mail from '@adonisjs/mail/services/main'
import type { HttpContext } from '@adonisjs/core/http'
import { SendMails } from '#jobs/send_mails'
import SandboxMail from '#models/sandbox_mail'

const PAGE_SIZE = 20

/** The sandbox's stand-in for everybody's mailbox. */
export default class InboxController {
  async index({ request, view }: HttpContext) {
    /* Mails queued a moment ago show up now, not when the job loop comes round. */
    await new SendMails(mail.use()).handle()

    const page = Math.max(1, Number.parseInt(request.qs().page, 10) || 1)
    const mails = await SandboxMail.query().orderBy('id', 'desc').paginate(page, PAGE_SIZE)
    return view.render('pages/inbox/index', { mails: mails.baseUrl('/inbox') })
  }

  async show({ params, view }: HttpContext) {
    const kept = await SandboxMail.findByOrFail('publicId', params.id)
    return view.render('pages/inbox/show', { mail: kept, paragraphs: readable(kept.text) })
  }
}

interface Piece {
  text: string
  isLink: boolean
}

/** Splits plain text into paragraphs of lines, whose addresses become links. */
function readable(text: string): Piece[][][] {
  return text.split(/\n{2,}/).map((paragraph) =>
    paragraph.split('\n').map((line) =>
      line
        .split(/(https?:\/\/[^\s<>"]+)/)
        .map((piece, index) => ({ text: piece, isLink: index % 2 === 1 }))
        .filter((piece) => piece.text !== '')
    )
  )
}
