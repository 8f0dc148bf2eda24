import { type Page, Visitor } from '#tests/support/visitor'

/** A visitor whose requests pass through a proxy, from the addresses it names. */
export class Forwarded extends Visitor {
  constructor(
    base: string,
    readonly addresses: string
  ) {
    super({ base })
  }

  request(path: string, sent: Parameters<Visitor['request']>[1] = {}): Promise<Page> {
    const headers = { ...sent.headers, 'x-forwarded-for': this.addresses }
    return super.request(path, { ...sent, headers })
  }
}
