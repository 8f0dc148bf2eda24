import { existsSync, readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import StaticMiddleware from '@adonisjs/static/static_middleware'
import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/* What the build writes beside a file, best first (vite.config.ts). */
const COPIES = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
] as const

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The files of public/ by their URL path, each with the endings of its copies. */
function publicFiles(folder: string): Map<string, (typeof COPIES)[number][]> {
  if (!existsSync(folder)) return new Map()
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const all = new Set(found)
  return new Map(
    found.map((file) => [
      `/${relative(folder, file).replaceAll(sep, '/')}`,
      extname(file) in TYPES ? COPIES.filter(({ ending }) => all.has(file + ending)) : [],
    ])
  )
}

/* Not in the class: AdonisJS builds a middleware for every request. */
const files = publicFiles(app.publicPath())

/**
 * Serves the files of public/, listed once so that no other address touches the disk.
 * Browsers that accept it get the compressed copy made by the build.
 */
export default class StaticFilesMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request, response } = ctx
    const path = request.url()
    const copies = files.get(path)
    if (!copies || !['GET', 'HEAD'].includes(request.method())) return next()

    if (copies.length > 0) response.vary('Accept-Encoding')
    /* A range is one of the file itself. */
    const copy = request.header('range')
      ? undefined
      : copies.find(({ encoding }) => request.encoding([encoding]))
    if (copy) {
      response.header('Content-Encoding', copy.encoding)
      response.header('Content-Type', TYPES[extname(path)])
      request.request.url = path + copy.ending
    }
    const server = await app.container.make(StaticMiddleware)
    return server.handle(ctx, next)
  }
}
