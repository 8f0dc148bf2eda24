/*
 * What a report may keep about a person: enough for an administrator to recognise
 * themselves, too little for anyone else. The stars never reveal a length.
 */

/** `kildong@example.com` → `k***@e*****.com` */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  const ending = domain.slice(domain.lastIndexOf('.'))
  return `${firstOf(email)}***@${firstOf(domain)}*****${ending}`
}

/** `홍길동` → `홍*동`, `홍길` → `홍*`, `홍` → `*` */
export function maskName(name: string): string {
  const letters = lettersOf(name)
  if (letters.length < 2) return '*'
  return letters.length === 2 ? `${letters[0]}*` : `${letters[0]}*${letters.at(-1)}`
}

/** `3012345678` → `30***78`; a short id is masked entirely. */
export function maskSubject(subject: string): string {
  return subject.length < 8 ? '***' : `${subject.slice(0, 2)}***${subject.slice(-2)}`
}

function firstOf(text: string): string {
  return lettersOf(text)[0] ?? ''
}

/** Letters as people count them: a flag or a family emoji is one. */
function lettersOf(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
}
