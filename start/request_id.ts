import { randomUUID } from 'node:crypto'
import { HttpRequest } from '@adonisjs/core/http'

/* As proxies write it: a UUID, digits, a trace with its parts. */
const REQUEST_ID = /^[\w.:=@+-]{1,64}$/

/*
 * The id under which a request stands in the log and in the answer. The framework
 * takes any that comes along; what is none gets one of ours.
 */
HttpRequest.macro('id', function (this: HttpRequest) {
  const { headers } = this.request
  const given = headers['x-request-id']
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
  headers['x-request-id'] = id
  return id
})
