import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { MoveDocument } from '#actions/site/move_document'
import { actorOf } from '#audit/actor'
import { fieldOf } from '#validators/field'

/** The order in which people are shown the documents. */
export default class DocumentOrdersController {
  /** `POST /admin/site/documents/order`: the button that was pressed says which, and where to. */
  @inject()
  async update(ctx: HttpContext, moveDocument: MoveDocument) {
    const up = fieldOf(ctx, 'up')
    await moveDocument.handle(up || fieldOf(ctx, 'down'), up ? -1 : 1, actorOf(ctx))
    return ctx.response.redirect('/admin/site/documents', false, 303)
  }
}
