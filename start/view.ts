import edge from 'edge.js'
import app from '@adonisjs/core/services/app'
import { delivery } from '#config/mail'
import { SITE_ZONE } from '#models/clock'
import { diagnosisOf } from '#social/diagnosis'
import { failureWords } from '#social/failure_words'
import type { FormState } from '#validators/form'

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

edge.global('inProduction', app.inProduction)
edge.global('hasInbox', delivery === 'inbox')
edge.global('siteZone', SITE_ZONE)
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
