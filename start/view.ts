import edge from 'edge.js'
import type { DateTime } from 'luxon'
import type { I18n } from '@adonisjs/i18n'
import app from '@adonisjs/core/services/app'
import { delivery } from '#config/mail'
import { SITE_ZONE } from '#models/clock'
import { diagnosisOf } from '#social/diagnosis'
import { failureWords } from '#social/failure_words'
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

edge.global('inProduction', app.inProduction)
edge.global('hasInbox', delivery === 'inbox')
edge.global('siteZone', SITE_ZONE)
edge.global('ago', ago)
edge.global('dateAndTime', dateAndTime)
edge.global('fieldState', fieldState)
edge.global('failureWords', failureWords)
edge.global('diagnosisOf', diagnosisOf)

const { html } = edge.globals

function escapeAttribute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(escapeAttribute)
  return typeof value === 'string' || typeof value === 'number' ? html.escape(String(value)) : value
}

/*
 * Edge's own `html.attrs` writes values into attributes as they are, so that a
 * quote in what somebody typed ends the attribute, and leaves out the number 0.
 */
edge.global('html', {
  ...html,
  attrs: (values: Record<string, unknown>) =>
    html.attrs(
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, escapeAttribute(value)])
      )
    ),
})
