import edge from 'edge.js'
import type { DateTime } from 'luxon'
import type { I18n } from '@adonisjs/i18n'
import app from '@adonisjs/core/services/app'
import { HttpContext } from '@adonisjs/core/http'
import { delivery } from '#config/mail'
import { siteFor } from '#site/present'
import { siteInWords } from '#site/words'
import { SITE_ZONE } from '#time/clock'
import { diagnosisOf, warningOf } from '#set_up/diagnosis'
import { failureWords } from '#set_up/failure_words'
import { rememberComponents } from '#start/components'
import type { FormState } from '#validators/form'

const NO_BREAK = '\u00A0'

interface FieldProps {
  form?: FormState | null
  name: string
  value?: unknown
  hint?: string
  id?: string
  checkbox?: boolean
}

/**
 * What the form components share: what a field shows and what is said about it. Typed
 * input wins over `value`, even when it is empty; an unticked box is missing from a
 * submitted form, so its absence counts there.
 */
function fieldState({ form, name, value, hint, id = name, checkbox = false }: FieldProps) {
  const { values = {}, errors = {} } = form ?? {}
  const submitted = checkbox ? Object.keys(values).length > 0 : Object.hasOwn(values, name)
  const shown = (submitted ? values[name] : value) ?? ''

  /* An error in one entry of a list is reported as `name.0`. */
  const errorKey = Object.keys(errors).find((key) => key === name || key.startsWith(`${name}.`))
  const error = errorKey && errors[errorKey]

  return {
    id,
    error,
    value: shown,
    checked: shown !== 'false' && Boolean(shown),
    chosen: (Array.isArray(shown) ? shown : [shown]).map(String),
    describedBy:
      [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined,
  }
}

/**
 * How far a time is from now, in completed units, and on one line. (`formatRelativeTime`
 * rounds the past up: something 400 days old would be "2 years ago".)
 */
function ago(at: DateTime, { locale }: I18n): string {
  return (at.toRelative({ locale, padding: 1000 }) ?? '').replaceAll(' ', NO_BREAK)
}

/** A day, or a day and a time, which break only between the two. */
function dateAndTime(
  at: DateTime,
  i18n: I18n,
  { withTime = false, withSeconds = false } = {}
): string {
  const parts: Intl.DateTimeFormatOptions[] = [{ dateStyle: 'medium' }]
  if (withTime) parts.push({ timeStyle: withSeconds ? 'medium' : 'short' })
  return parts
    .map((part) => i18n.formatDate(at, { ...part, timeZone: SITE_ZONE }))
    .map((text) => text.replaceAll(' ', NO_BREAK))
    .join(' ')
}

if (!app.inDev) {
  /* The framework recompiles templates for every page, except in production. */
  edge.configure({ cache: true })
  rememberComponents(edge)
}

/* Created only when a page is rendered: answers to machines, and redirects, need no renderer. */
HttpContext.getter(
  'view',
  function (this: HttpContext) {
    return edge.createRenderer().share({
      request: this.request,
      i18n: this.i18n,
      siteNow: async () => siteInWords(await siteFor(this), this.i18n),
    })
  },
  true
)

edge.global('inProduction', app.inProduction)
edge.global('hasInbox', delivery === 'inbox')
edge.global('mailsGoNowhere', delivery === 'none')
edge.global('siteZone', SITE_ZONE)
edge.global('ago', ago)
edge.global('dateAndTime', dateAndTime)
edge.global('fieldState', fieldState)
edge.global('failureWords', failureWords)
edge.global('diagnosisOf', diagnosisOf)
edge.global('warningOf', warningOf)

const { html } = edge.globals

/**
 * One attribute with the space before it; nothing for `false`, a missing value or an
 * empty list.
 */
function attribute(name: string, value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (value === true) return ` ${html.escape(name)}`
  if (Array.isArray(value) && value.length === 0) return ''
  return ` ${html.escape(name)}="${html.escape([value].flat().join(' '))}"`
}

/*
 * Edge's own `html.attrs` writes values into attributes unescaped, so a quote in what
 * someone typed ends the attribute. It also leaves out 0 and the empty text, so the
 * option `value=""` sends its words instead.
 */
edge.global('html', {
  ...html,
  attrs: (values: Record<string, unknown>) =>
    html.safe(
      Object.entries(values)
        .map(([name, value]) => attribute(name, value))
        .join('')
        .trimStart()
    ),
})
