import { randomUUID } from 'node:crypto'
import { HttpRequest } from '@adonisjs/core/http'

/* As proxies write it: a UUID, digits, a trace with its parts. */
const REQUEST_ID = /^[\w.:=@+-]{1,64}$/

/*
 * The id of a request in the log and in the answer. The framework accepts any value sent;
 * an invalid one is replaced by one of ours.
 */
HttpRequest.macro('id', function (this: HttpRequest) {
  const { headers } = this.request
  const given = headers['x-request-id']
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
  headers['x-request-id'] = id
  return id
})
