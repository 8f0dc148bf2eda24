import edge from 'edge.js'
import type { DateTime } from 'luxon'
import type { I18n } from '@adonisjs/i18n'
import app from '@adonisjs/core/services/app'
import { HttpContext } from '@adonisjs/core/http'
import { delivery } from '#config/mail'
import { SITE_ZONE } from '#time/clock'
import { diagnosisOf, warningOf } from '#set_up/diagnosis'
import { failureWords } from '#trip/failure_words'
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
 * What the form components have in common: what a field shows and what is said
 * about it. What was typed wins over `value`, also when it is empty; a box that
 * was not ticked is missing from a submitted form, so there its absence counts.
 */
function fieldState({ form, name, value, hint, id = name, checkbox = false }: FieldProps) {
  const { values = {}, errors = {} } = form ?? {}
  const submitted = checkbox ? Object.keys(values).length > 0 : Object.hasOwn(values, name)
  const shown = (submitted ? values[name] : value) ?? ''

  /* A complaint about one entry of a list is reported as `name.0`. */
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
 * How far a time is from now, in units that have passed in full, and on one line.
 * (`formatRelativeTime` rounds the past up: what is 400 days old would be "2 years ago".)
 */
function ago(at: DateTime, { locale }: I18n): string {
  return (at.toRelative({ locale, padding: 1000 }) ?? '').replaceAll(' ', NO_BREAK)
}

/** A day, or a day and a time, which break between the two only. */
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

/* Made when a page is: what answers machines, and redirects, needs no renderer. */
HttpContext.getter(
  'view',
  function (this: HttpContext) {
    return edge.createRenderer().share({ request: this.request, i18n: this.i18n })
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

/** One attribute with the space before it; nothing for `false`, for what is missing and an empty list. */
function attribute(name: string, value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (value === true) return ` ${html.escape(name)}`
  if (Array.isArray(value) && value.length === 0) return ''
  return ` ${html.escape(name)}="${html.escape([value].flat().join(' '))}"`
}

/*
 * Edge's own `html.attrs` writes values into attributes as they are, so that a
 * quote in what somebody typed ends the attribute, and leaves out 0 and the
 * empty text, so that the option `value=""` sends its words instead.
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
